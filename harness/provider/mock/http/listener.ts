import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProviderError } from '../../../errors';
import type { Certificate } from './certificate';
import { Connections } from './connections';
import { answerRaw, textAnswer } from './http-answer';
import type { HttpLimits } from './http-limits';

/** Where a mock listens. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Something that was refused or cut before a request could be made of it. */
export interface TransportFault {
  readonly code:
    'bad_http' | 'header_too_large' | 'header_too_slow' | 'too_many_connections' | 'tls_handshake_failed';
  readonly message: string;
  readonly httpStatus?: number;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: no TLS. */
  readonly certificate: Certificate | undefined;
  readonly limits: HttpLimits;
  /** `connection` names the connection; `ended` has to be called once, when the request is over. */
  readonly request: (
    request: IncomingMessage,
    response: ServerResponse,
    connection: { readonly id: string; readonly ended: () => void },
  ) => void;
  /** Absent: upgrades are served as plain requests. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly refused: (fault: TransportFault) => void;
}

/** How often Node looks for slow heads: a quarter of what they may take, within sense. */
const checkEveryMs = (headersMs: number): number => Math.min(5000, Math.max(10, Math.floor(headersMs / 4)));

function faultOf(error: NodeJS.ErrnoException): TransportFault | undefined {
  const { code = '', message } = error;
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'header_too_large', message, httpStatus: 431 };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'header_too_slow', message, httpStatus: 408 };
  return code.startsWith('HPE_') ? { code: 'bad_http', message, httpStatus: 400 } : undefined;
}

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
 * Listens for HTTP, in plain or over TLS. Bytes that are no HTTP, heads that are too large or too slow, and connections
 * beyond the limit are answered or cut here.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { host, port, certificate, limits, refused } = options;
  const settings: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // Bodies have a limit of their own, which answers in the protocol's words.
    requestTimeout: 0,
    // Node would refuse without a Content-Length.
    requireHostHeader: false,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: checkEveryMs(limits.headersMs),
  };
  const server: Server = certificate
    ? createHttpsServer({ ...settings, ...certificate, handshakeTimeout: limits.headersMs })
    : createHttpServer(settings);
  const connections = new Connections(server, limits.connections, () => {
    const message = `More than ${limits.connections} connections are open; the one that was idle longest was cut.`;
    refused({ code: 'too_many_connections', message });
  });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const id = connections.idOf(request.socket) ?? 'http_gone';
    const ended = connections.busy(request, response);
    if (request.headers.host !== undefined || request.httpVersion === '1.0') {
      options.request(request, response, { id, ended });
      return;
    }
    const fault: TransportFault = { code: 'bad_http', message: 'There is no Host header.', httpStatus: 400 };
    refused(fault);
    response.on('error', () => undefined);
    response.once('close', ended);
    const { headers, body } = textAnswer(400, fault.message);
    response.writeHead(400, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
    response.end(body);
    request.resume();
  };
  server.on('request', serve);
  // An expectation that nobody knows may be ignored, and Node would refuse without a Content-Length.
  server.on('checkExpectation', serve);
  const { upgrade } = options;
  if (upgrade !== undefined)
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // A peer that resets while it is being answered is not our failure.
      socket.on('error', () => socket.destroy());
      // One long request, so that nobody takes it for idle.
      connections.busy(request);
      upgrade(request, socket, head);
    });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    refused({ code: 'bad_http', message: 'CONNECT asks for a proxy.', httpStatus: 405 });
    answerRaw(socket, textAnswer(405, 'Method Not Allowed'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.destroyed || socket.writableEnded) return;
    const fault = faultOf(error);
    if (fault !== undefined) refused(fault);
    // What was asked in good form before is still answered.
    const state = connections.stopReading(socket);
    if (state === 'later') return;
    if (fault?.httpStatus === undefined || state === 'unanswerable') socket.destroy();
    else answerRaw(socket, textAnswer(fault.httpStatus, fault.message));
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    refused({ code: 'tls_handshake_failed', message: error.message });
    socket.destroy();
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        connections.destroy();
      }),
  };
}
