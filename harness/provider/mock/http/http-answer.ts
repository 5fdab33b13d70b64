import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** An answer whose body is there in full; it goes out with its Content-Length (reference/providers.md 0.3). */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case, `content-type` among them; `content-length` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of JSON. */
export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

export const textAnswer = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** Answers where there is no request object: an upgrade that is refused, bytes that are no HTTP. The socket closes after it. */
export function answerRaw(socket: Duplex, { status, headers, body }: HttpAnswer): void {
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  // A peer that resets while it is being answered is not our failure; one that keeps its side open must not keep ours.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`);
}
