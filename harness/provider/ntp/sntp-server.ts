import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { ProviderError, type Closable } from '../../errors';
import { systemWallClock, type SntpAnswer } from '../../ports';
import { kissOfDeath, readSntpRequest, timeAnswer } from './sntp-packet';

export interface SntpServerOptions {
  /** The answers in order, one for each question; the last one stays. Default: the right time. */
  readonly script?: readonly SntpAnswer[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. Port 123, which most firmware asks, needs root. */
  readonly port?: number;
  /** Wall-clock time. Default: this machine's. */
  readonly unixNowMs?: () => number;
  /** Called for each question of a client, before it is answered. */
  readonly onAsked?: (answer: SntpAnswer, from: RemoteInfo) => void;
}

/** A running server. */
export interface SntpServer extends Closable {
  /** `host:port`. */
  readonly address: string;
  readonly port: number;
  /** Questions of clients so far. */
  readonly asked: number;
}

const RIGHT_TIME: SntpAnswer = { skewMs: 0 };

/**
 * Tells the time over UDP (SNTPv4, RFC 4330), right or as wrong as its script says. What is no question of a client is left
 * unanswered.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN` or `HIL_PROVIDER_UNREADY` when it cannot listen.
 */
export async function startSntpServer(options: SntpServerOptions = {}): Promise<SntpServer> {
  const { script = [RIGHT_TIME], host = '127.0.0.1', port = 0, onAsked } = options;
  const unixNowMs = options.unixNowMs ?? systemWallClock;
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let asked = 0;
  let closed: Promise<void> | undefined;
  socket.on('message', (datagram, from) => {
    const receivedMs = unixNowMs();
    const request = readSntpRequest(datagram);
    if (request === undefined) return;
    const answer = script[Math.min(asked, script.length - 1)] ?? RIGHT_TIME;
    asked += 1;
    onAsked?.(answer, from);
    if ('silence' in answer) return;
    const packet =
      'kissOfDeath' in answer
        ? kissOfDeath(request, answer.kissOfDeath)
        : timeAnswer(request, receivedMs + answer.skewMs, unixNowMs() + answer.skewMs);
    // A client that has gone does not want its answer any more.
    socket.send(packet, from.port, from.address, () => undefined);
  });
  socket.bind(port, host);
  try {
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    const { code, message } = cause as NodeJS.ErrnoException;
    const taken = code === 'EADDRINUSE';
    throw new ProviderError(
      taken ? 'HIL_PROVIDER_PORT_TAKEN' : 'HIL_PROVIDER_UNREADY',
      taken
        ? `UDP port ${port} of ${host} is taken by another process.`
        : `The SNTP server cannot listen on ${host}:${port}: ${message}.`,
      { host, port },
      { cause },
    );
  }
  // A peer that refuses our answer must not end the server.
  socket.on('error', () => undefined);
  const bound = socket.address();
  return {
    address: host.includes(':') ? `[${host}]:${bound.port}` : `${host}:${bound.port}`,
    port: bound.port,
    get asked() {
      return asked;
    },
    close: () => (closed ??= new Promise((resolve) => socket.close(() => resolve()))),
  };
}
