import { openConnection } from '../../network/connection';
import { postOn, type HttpAnswer } from '../../network/http-post';
import { reasonOf } from '../../network/reason-of';
import type { BoardServices } from '../application';
import { ChatFailure } from './chat-protocol';

const PATIENCE_MS = 30_000;
/** What the firmware keeps of an answer that it does not read piece by piece. */
const BODY_LIMIT_BYTES = 65_536;

/** A question, or a request for a token, as JSON. */
export interface ChatRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of which a break is a `ChatFailure` with its status. */
export interface ChatAnswer extends HttpAnswer {
  /** All of the body, up to 64 KiB. */
  text(): Promise<string>;
}

async function* failing(status: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (cause) {
    throw new ChatFailure(status, undefined, reasonOf(cause), { cause });
  }
}

/**
 * Posts over a connection of its own.
 * @throws Error when no head of an answer came.
 */
export async function postQuestion(
  services: BoardServices,
  { url, headers, body }: ChatRequest,
  sent: () => void,
  signal: AbortSignal,
): Promise<ChatAnswer> {
  const socket = await openConnection(services, url, signal);
  const answer = await postOn(services, socket, { url, headers, body, patienceMs: PATIENCE_MS }, sent);
  const pieces = failing(answer.status, answer.pieces);
  return {
    ...answer,
    pieces,
    async text() {
      const received: Buffer[] = [];
      for await (const piece of pieces) received.push(piece);
      return Buffer.concat(received).subarray(0, BODY_LIMIT_BYTES).toString();
    },
  };
}
