import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { Clock } from '../../ports';
import { answerRaw } from '../mock/http/http-answer';
import { passedOn } from './passed-headers';
import type { Side, SocketTraffic } from './traffic';
import type { Upstream } from './upstream';

/** Close codes that may not be sent (RFC 6455 section 7.4.1): nobody said them, they only stand for what happened. */
const unsendable: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);
/** Largest message either way: 15 MiB of sound as base64, and its event. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
/** More than this unsent towards one side, and the other is not read any further. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024;
/** A refusal is a sentence: no more of it is handed on, and it is not waited for any longer. */
const MOST_REFUSAL_BYTES = 64 * 1024;
const REFUSAL_MS = 10_000;
const BAD_GATEWAY = 502;

const bytesOf = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);

/** Headers by name as `ws` takes them, without those of the WebSocket's own handshake. */
export function upgradeHeaders(headers: readonly string[]): Record<string, string> {
  const byName: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!/^sec-websocket-/i.test(name)) byName[name] = headers[at + 1] ?? '';
  }
  return byName;
}

/** Lets boards in with the subprotocol that the provider has chosen. */
export interface UpgradeServer {
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    protocol: string,
    accepted: (board: WebSocket) => void,
  ): void;
}

export function upgradeServer(): UpgradeServer {
  const chosen = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    autoPong: false,
    handleProtocols: (_offered, request) => chosen.get(request) || false,
  });
  return {
    accept: (request, socket, head, protocol, accepted) => {
      chosen.set(request, protocol);
      server.handleUpgrade(request, socket, head, accepted);
    },
  };
}

/** Reads `from` no further while too much of it waits to be sent `to` the other side, which `socket` leads to. */
function holdBack(from: WebSocket, to: WebSocket, socket: Duplex | undefined): void {
  if (socket === undefined || from.isPaused || to.bufferedAmount <= MOST_UNSENT_BYTES) return;
  from.pause();
  const goOn = (): void => {
    socket.off('drain', goOn);
    socket.off('close', goOn);
    from.resume();
  };
  // What is closed drains no more, and who is closed in turn has to be read for that.
  socket.once('drain', goOn);
  socket.once('close', goOn);
}

/**
 * Hands a WebSocket on: the provider is called first, so that a board is let in or turned away as the provider would. Payloads,
 * opcodes, message boundaries, order and close codes stay.
 */
export function forwardSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  server: UpgradeServer,
  upstream: Upstream,
  traffic: SocketTraffic,
  clock: Clock,
): void {
  const headers = passedOn(request, (name) => upstream.credentialHeaders.has(name));
  const { url: asked = '/' } = request;
  const sent = upstream.authorise({ method: 'GET', path: asked, headers, body: Buffer.alloc(0) });
  const origin = upstream.originOf(sent.path);
  const secure = origin.protocol === 'https:' || origin.protocol === 'wss:';
  const offered = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .flatMap((name) => name.trim() || []);
  const protocols = upstream.passedProtocols(offered);
  const provider = new WebSocket(`${secure ? 'wss' : 'ws'}://${origin.host}${sent.path}`, protocols, {
    headers: upgradeHeaders(sent.headers),
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // The board answers, not the proxy: a board that does not is cut by the provider as it would be without us.
    autoPong: false,
    agent: undefined,
    ...(secure && upstream.httpsAgent.options.ca !== undefined ? { ca: upstream.httpsAgent.options.ca } : {}),
  });
  const early: [Buffer, boolean][] = [];
  let board: WebSocket | undefined;
  let over = false;

  provider.on('unexpected-response', (_call, answer) => {
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    const handOver = (): void => {
      if (over) return;
      over = true;
      late();
      const body = Buffer.concat(parts);
      traffic.refused(answer.statusCode ?? BAD_GATEWAY, body, clock.nowMs());
      answerRaw(socket, {
        status: answer.statusCode ?? BAD_GATEWAY,
        headers: { 'content-type': answer.headers['content-type'] ?? 'text/plain' },
        body: body.toString(),
      });
    };
    const late = clock.after(REFUSAL_MS, handOver);
    answer.on('data', (bytes: Buffer) => {
      if (over) return;
      parts.push(bytes.subarray(0, MOST_REFUSAL_BYTES - sizeBytes));
      sizeBytes += bytes.length;
      if (sizeBytes >= MOST_REFUSAL_BYTES) handOver();
    });
    // Also when it was cut; a board that has its answer closes the call to the provider by its own close.
    answer.once('close', handOver);
  });
  let providerSocket: Duplex | undefined;
  provider.once('upgrade', (answer) => (providerSocket = answer.socket));
  provider.on('error', (cause) => {
    if (board !== undefined || socket.destroyed || socket.writableEnded || over) return;
    over = true;
    const body = `earshot proxy: ${origin.host} cannot be reached`;
    traffic.refused(BAD_GATEWAY, Buffer.from(cause.message), clock.nowMs());
    answerRaw(socket, { status: BAD_GATEWAY, headers: { 'content-type': 'text/plain' }, body });
  });
  const handOn = (from: Side, to: WebSocket, data: Buffer, isBinary: boolean): void => {
    const hostAtMs = clock.nowMs();
    to.send(from === 'board' ? upstream.authoriseMessage(data) : data, { binary: isBinary });
    traffic.message(from, data, isBinary, hostAtMs);
  };
  const closeOther = (by: Side, other: WebSocket | undefined, code: number, reason: Buffer): void => {
    if (!over) traffic.closed(by, code, reason.toString(), clock.nowMs());
    over = true;
    if (other === undefined) return;
    if (unsendable.has(code)) {
      if (code === 1005) other.close();
      else other.terminate();
    } else other.close(code, reason);
  };
  provider.on('message', (data, isBinary) => {
    const bytes = bytesOf(data);
    if (board === undefined) early.push([bytes, isBinary]);
    else {
      handOn('provider', board, bytes, isBinary);
      holdBack(provider, board, socket);
    }
  });
  provider.on('ping', (data) => {
    if (board?.readyState === WebSocket.OPEN) board.ping(data);
    else provider.pong(data);
  });
  provider.on('close', (code, reason) => closeOther('provider', board, code, reason));
  provider.once('open', () => {
    server.accept(request, socket, head, provider.protocol, (accepted) => {
      board = accepted;
      traffic.opened({ path: asked, hostAtMs: clock.nowMs() });
      accepted.on('error', () => undefined);
      accepted.on('message', (data, isBinary) => {
        handOn('board', provider, bytesOf(data), isBinary);
        holdBack(accepted, provider, providerSocket);
      });
      accepted.on('ping', (data) => provider.ping(data));
      accepted.on('pong', (data) => provider.pong(data));
      provider.on('pong', (data) => accepted.pong(data));
      accepted.on('close', (code, reason) => closeOther('board', provider, code, reason));
      for (const [bytes, isBinary] of early.splice(0)) handOn('provider', accepted, bytes, isBinary);
    });
  });
  socket.once('close', () => {
    if (board === undefined) provider.terminate();
  });
}
