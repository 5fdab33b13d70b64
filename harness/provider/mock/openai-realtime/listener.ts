import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Certificate } from '../http/certificate';
import { answerRaw, jsonAnswer } from '../http/http-answer';
import { defaultHttpLimits } from '../http/http-limits';
import { openListener as openHttpListener, type Listener } from '../http/listener';
import { targetOf } from '../http/exchange';

export type { Listener };

/** Base64 of 15 MiB of sound, escapes and the rest of the event; larger messages close with 1009. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
const PATH = '/v1/realtime';

const notFound = jsonAnswer(404, {
  error: { message: 'Invalid URL', type: 'invalid_request_error', param: null, code: null },
});

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
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });
  return openHttpListener({
    host,
    port,
    certificate,
    limits: defaultHttpLimits,
    request: (request, response, { ended }) => {
      response.on('error', () => undefined);
      response.once('close', ended);
      response.writeHead(notFound.status, {
        ...notFound.headers,
        'content-length': Buffer.byteLength(notFound.body),
      });
      response.end(notFound.body);
      request.resume();
    },
    upgrade: (request, socket, head) => {
      if (targetOf(request).path === PATH)
        sockets.handleUpgrade(request, socket, head, (accepted) => accept(accepted, request));
      else answerRaw(socket, notFound);
    },
    refused: () => undefined,
  });
}
