/** A TCP client that sends exactly the bytes that it is told to and keeps those that come. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer, taken apart by hand: what the board's parser would see. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Still chunked where it came chunked. */
  readonly body: string;
}

export class RawClient {
  received: Buffer = Buffer.alloc(0);
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    this.closed = once(socket, 'close');
  }

  static async open(url: string): Promise<RawClient> {
    const { port, hostname } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  get text(): string {
    return this.received.toString('utf8');
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits until what came satisfies a condition; rejects when the connection closes before. */
  async until(satisfied: (text: string) => boolean): Promise<string> {
    while (!satisfied(this.text)) {
      const cause = await Promise.race([
        once(this.socket, 'data').then(() => 'data'),
        this.closed.then(() => 'closed'),
      ]);
      if (cause === 'closed' && !satisfied(this.text))
        throw new Error(`The connection closed after ${JSON.stringify(this.text.slice(-300))}.`);
    }
    return this.text;
  }

  /** The next answer that has a Content-Length, taken out of what was received. */
  async answer(): Promise<RawAnswer> {
    let answer: { readonly answer: RawAnswer; readonly rest: Buffer } | undefined;
    await this.until(() => (answer = firstAnswer(this.received)) !== undefined);
    this.received = answer!.rest;
    return answer!.answer;
  }

  close(): void {
    this.socket.destroy();
  }
}

function firstAnswer(bytes: Buffer): { readonly answer: RawAnswer; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = headOf(bytes.toString('latin1', 0, end));
  const length = Number(head.headers['content-length']);
  if (!Number.isInteger(length)) throw new Error(`No Content-Length: ${JSON.stringify(head.headers)}`);
  if (bytes.length < end + 4 + length) return undefined;
  const body = bytes.toString('utf8', end + 4, end + 4 + length);
  return { answer: { ...head, body }, rest: bytes.subarray(end + 4 + length) };
}

/** Status and headers, with lower-case names. */
export function headOf(text: string): Omit<RawAnswer, 'body'> {
  const [first = '', ...lines] = text.split('\r\n\r\n', 1)[0]!.split('\r\n');
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(fields) as Record<string, string>,
  };
}

/** A request as a board sends it. */
export function rawRequest(
  target: string,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): string {
  const fields = { host: 'mock', 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body.toString()}`;
}
