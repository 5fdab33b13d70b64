import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { expectedSignature } from './aws-signature';

/** Says why a request is refused; undefined: it is not. */
export type Gate = (request: IncomingMessage) => string | undefined;

export const bearer =
  (token: string): Gate =>
  ({ headers }) =>
    headers.authorization === `Bearer ${token}` ? undefined : 'who are you?';

export const signedBy =
  (secretAccessKey: string): Gate =>
  ({ method = '', url = '', headers }) => {
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const expected = expectedSignature({ method, target: url, headers: plain, secretAccessKey });
    return plain.authorization?.endsWith(`Signature=${expected}`) === true
      ? undefined
      : `<Code>SignatureDoesNotMatch</Code> ${expected}`;
  };

/** A server that keeps what it is PUT, as S3 and plain file servers do. */
export class FileServer {
  readonly files = new Map<string, Buffer>();
  /** Answered in their order before any other; `cut` ends the connection in the midst of the file. */
  readonly next: ('busy' | 'cut')[] = [];
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly gate: Gate,
  ) {}

  static async start(gate: Gate): Promise<FileServer> {
    const server = createServer();
    const files = new FileServer(server, gate);
    server.on('request', (request, response) => void files.answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return files;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { method, url = '', headers } = request;
    const body = await buffer(request);
    this.asked.push(`${method} ${url}`);
    const end = (status: number, text = '') => response.writeHead(status).end(text);
    const next = this.next.shift();
    const refused = this.gate(request);
    if (next === 'busy') return end(503, 'SlowDown');
    if (refused !== undefined) return end(403, refused);
    if (method === 'PUT') {
      // S3 answers 411 to a body without a length and 400 to one of another hash.
      if (headers['content-length'] !== String(body.length)) return end(411, 'MissingContentLength');
      const hash = headers['x-amz-content-sha256'] ?? createHash('sha256').update(body).digest('hex');
      if (hash !== createHash('sha256').update(body).digest('hex')) return end(400, 'BadDigest');
      this.files.set(url, body);
      return end(200);
    }
    const kept = this.files.get(url);
    if (kept === undefined) return end(404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': kept.length });
    if (next !== 'cut') return response.end(kept);
    return response.write(kept.subarray(0, kept.length / 2), () => response.destroy());
  }
}
