import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Arrivals } from './expectations';

/** A request as it arrived, its body complete. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly response: ServerResponse;
}

/** A server that leaves every answer to the test. */
export class TinyChatServer {
  readonly asked = new Arrivals<Asked>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => this.asked.add({ request, response, body: Buffer.concat(pieces).toString() }));
    });
  }

  static start(tls?: { readonly key: string; readonly cert: string }): Promise<TinyChatServer> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const started = new TinyChatServer(server, tls === undefined ? 'http' : 'https');
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(started)));
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Answers with a body of known length, as every server does that an ESP32 can read. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.statusCode = status;
  response.sendDate = false;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
