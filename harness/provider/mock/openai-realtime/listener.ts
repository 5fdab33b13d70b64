import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { ProviderError } from '../../../errors';
import type { Certificate } from './certificate';

/** Where one protocol listens. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Base64 of 15 MiB of sound, escapes and the rest of the event; larger messages close with 1009. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
const PATH = '/v1/realtime';

const notFound = JSON.stringify({
  error: { message: 'Invalid URL', type: 'invalid_request_error', param: null, code: null },
});

function refuseUpgrade(socket: Duplex): void {
  const head = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${notFound.length}\r\n`;
  // A peer that keeps its side open must not keep ours.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head}Connection: close\r\n\r\n${notFound}`);
}

/** The path that a request names; undefined when it is none. */
const pathOf = (request: IncomingMessage): string | undefined => (request.url ?? '/').split('?')[0];

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${port} of ${host} is taken by another process.`
        : `The mock provider cannot listen on ${host}:${port}: ${cause.message}.`;
      const code = taken ? 'HIL_PROVIDER_PORT_TAKEN' : 'HIL_PROVIDER_UNREADY';
      reject(new ProviderError(code, message, { host, port }, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      // Such as too many open files: whoever could not be accepted notices, and the others go on.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/**
 * Accepts WebSockets on /v1/realtime, in plain or over TLS.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`.
 */
export async function openListener(options: {
  readonly host: string;
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly accept: (socket: WebSocket, request: IncomingMessage) => void;
}): Promise<Listener> {
  const { host, port, certificate, accept } = options;
  const server: Server = certificate ? createHttpsServer({ ...certificate }) : createHttpServer();
  server.on('request', (request, response) => {
    response.statusCode = 404;
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', notFound.length);
    response.end(notFound);
    request.resume();
  });
  // All of them, also those that are no HTTP connection yet or no longer: each would keep the server from closing.
  const connected = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A peer that resets while it is being answered is not our failure.
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== PATH) {
      refuseUpgrade(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => accept(accepted, request));
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        for (const socket of connected) socket.destroy();
      }),
  };
}
