import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { BoardServices } from '../dialect/application';

/** What a firmware posts; Content-Length is added. */
export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Longest silence of the server, before its answer and within it. */
  readonly patienceMs: number;
}

/** The head of an answer, and its body as it arrives. */
export interface HttpAnswer {
  readonly status: number;
  /** Names as they were sent, and values, one after the other. */
  readonly rawHeaders: readonly string[];
  /** By name in small letters. */
  readonly headers: IncomingMessage['headers'];
  /** Pieces of the body. @throws Error when it is cut, or stalls. */
  readonly pieces: AsyncIterable<Buffer>;
}

const timedOut = (patienceMs: number): Error =>
  Object.assign(new Error(`no data for ${patienceMs / 1000} s`), { code: 'ETIMEDOUT' });

async function* piecesOf(
  services: BoardServices,
  socket: Socket,
  response: IncomingMessage,
  patienceMs: number,
): AsyncGenerator<Buffer> {
  let stall: Error | undefined;
  const arm = (): (() => void) =>
    services.after(patienceMs, () => {
      stall = timedOut(patienceMs);
      socket.destroy();
    });
  let disarm = arm();
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      disarm();
      yield piece;
      disarm = arm();
    }
  } catch (cause) {
    throw stall ?? cause;
  } finally {
    disarm();
    socket.destroy();
  }
}

/**
 * Posts on an open connection, which serves nothing else and ends with the answer.
 * @param sent - Called when the last byte was handed to the socket.
 * @throws Error when no head of an answer came.
 */
export function postOn(
  services: BoardServices,
  socket: Socket,
  { url, headers, body, patienceMs }: HttpPost,
  sent: () => void,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const disarm = services.after(patienceMs, () => {
      reject(timedOut(patienceMs));
      socket.destroy();
    });
    const outgoing = request({
      createConnection: () => socket,
      method: 'POST',
      path: url.pathname + url.search,
      headers: {
        Host: url.host,
        'User-Agent': 'ESP32 HTTP Client/1.0',
        ...headers,
        'Content-Length': Buffer.byteLength(body),
      },
    });
    outgoing.on('error', (cause) => {
      disarm();
      reject(cause);
    });
    outgoing.on('finish', sent);
    outgoing.on('response', (response) => {
      disarm();
      const { statusCode: status = 0, rawHeaders } = response;
      const pieces = piecesOf(services, socket, response, patienceMs);
      resolve({ status, rawHeaders, headers: response.headers, pieces });
    });
    outgoing.end(body);
  });
}
