/** A bare HTTP server that answers as a test says, to show a client what no well-behaved mock would. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface StubService {
  readonly url: string;
  readonly requests: readonly StubRequest[];
  close(): Promise<void>;
}

export type StubAnswer = (response: ServerResponse, request: StubRequest, nth: number) => void;

export async function stubService(
  answer: StubAnswer,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<StubService> {
  const requests: StubRequest[] = [];
  const sockets = new Set<Socket>();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const seen = {
        path: request.url ?? '',
        headers: request.headers,
        text,
        json: JSON.parse(text) as Record<string, unknown>,
      };
      requests.push(seen);
      answer(response, seen, requests.length);
    });
  };
  const server =
    certificate === undefined ? createServer(listener) : createSecureServer({ ...certificate }, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers with one body of a known length. */
export const answers =
  (status: number, body: string | object, headers: Record<string, string> = {}): StubAnswer =>
  (response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    response.end(text);
  };

/** Answers with a stream that is complete when its text is. */
export const streams =
  (text: string, type = 'text/event-stream'): StubAnswer =>
  (response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(text);
  };
