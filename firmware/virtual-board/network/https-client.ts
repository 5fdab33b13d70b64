import type { BoardServices } from '../dialect/application';
import { openConnection } from './connection';
import { postOn, type HttpAnswer, type HttpPost } from './http-post';

const TAG = 'HTTPS_CLIENT';
/** What the client reads headers into. */
const RX_BUFFER_BYTES = 4096;

/** No answer: what is printed of it. */
class NoAnswer extends Error {}

const headerBytes = ({ rawHeaders }: HttpAnswer): number =>
  rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);

/** Name of ESP-IDF's error for a connection that stands and does not deliver. */
export const espErrorOf = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? 'ESP_ERR_HTTP_EAGAIN' : 'ESP_ERR_HTTP_FETCH_HEADER';

const orFail = async <T>(step: Promise<T>, espError: (cause: unknown) => string): Promise<T> => {
  try {
    return await step;
  } catch (cause) {
    throw new NoAnswer(`HTTP POST request failed: ${espError(cause)}`, { cause });
  }
};

/**
 * Posts as esp-webrtc-solution's `https_client.c` does: the certificate is verified, redirects are not followed, and a body
 * that comes in chunks is never seen (providers.md 0.3).
 * @returns The body, empty for one in chunks; undefined where there was no answer, which was said on the console.
 */
export async function httpsPost(
  services: BoardServices,
  request: HttpPost,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    const connecting = openConnection(services, request.url, signal);
    const socket = await orFail(connecting, () => 'ESP_ERR_HTTP_CONNECT');
    const posting = postOn(services, socket, request, () => undefined);
    const answer = await orFail(posting, espErrorOf);
    const received = await orFail(wholeOf(answer), espErrorOf);
    return signal.aborted ? undefined : bodyOf(services, answer, received);
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause;
    if (!signal.aborted) services.console.log('E', TAG, cause.message);
    return undefined;
  }
}

async function wholeOf({ pieces }: HttpAnswer): Promise<Buffer> {
  const received: Buffer[] = [];
  for await (const piece of pieces) received.push(piece);
  return Buffer.concat(received);
}

function bodyOf({ console }: BoardServices, answer: HttpAnswer, received: Buffer): Buffer {
  const { status, headers } = answer;
  if (headerBytes(answer) > RX_BUFFER_BYTES) throw new NoAnswer('HTTP POST request failed: ESP_FAIL');
  if (status >= 300 && status < 400) throw new NoAnswer('Redirect location not found');
  const isChunked = headers['transfer-encoding'] !== undefined;
  const length = isChunked ? '-1' : (headers['content-length'] ?? '-1');
  console.log('I', TAG, `HTTP Status = ${status}, content_length = ${length}`);
  return isChunked ? Buffer.alloc(0) : received;
}
