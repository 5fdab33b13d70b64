import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { WallClock } from '../wall-clock';
import { readSntpAnswer, sntpRequest, type SntpAnswer } from './sntp-packet';

const NTP_PORT = 123;

interface Request {
  readonly packet: Buffer;
  readonly sentUnixMs: number;
}

/** Asks one SNTP server over UDP; what it answers is told, the clock is not touched. */
export class SntpClient {
  private readonly socket: Socket;
  private readonly connected: Promise<boolean>;
  private request: Request | undefined;
  private closed = false;

  /** @param server - `host:port`; port 123 when there is none. */
  constructor(
    server: string,
    private readonly wallClock: WallClock,
    answered: (answer: SntpAnswer) => void,
  ) {
    const { hostname, port } = new URL(`ntp://${server}`);
    const host = hostname.replace(/^\[|\]$/g, '');
    this.socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    this.connected = new Promise((resolve) => {
      // A server that is not there is one that does not answer, and that is what the caller waits for.
      this.socket.on('error', () => resolve(false));
      this.socket.connect(port === '' ? NTP_PORT : Number(port), host, () => resolve(true));
    });
    this.socket.on('message', (packet) => {
      if (this.request === undefined) return;
      const { packet: asked, sentUnixMs } = this.request;
      const answer = readSntpAnswer(packet, asked, sentUnixMs, wallClock.unixMs());
      if (answer.kind === 'unusable') return;
      this.request = undefined;
      answered(answer);
    });
  }

  /** Sends a request; an earlier one is not waited for any more. */
  async ask(): Promise<void> {
    if (!(await this.connected) || this.closed) return;
    const sentUnixMs = this.wallClock.unixMs();
    this.request = { packet: sntpRequest(sentUnixMs), sentUnixMs };
    this.socket.send(this.request.packet);
  }

  /** Nothing is told any more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.request = undefined;
    this.socket.close();
  }
}
