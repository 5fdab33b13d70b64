import { incomplete, parsed, type ChatFailure } from './chat-protocol';
import type { ChatAnswer } from './chat-request';
import { DataLines } from './data-lines';

/** Reads the events of one answer. */
export interface EventReader {
  /** One event, parsed; undefined for one that is no JSON, such as `[DONE]`. */
  take(event: unknown): void;
  /** What a body without any event says. */
  refuse(status: number, body: unknown): ChatFailure;
  /** Tokens, once the answer said that it is complete. */
  readonly tokens: number | undefined;
}

/** Reads an answer that may stream, or be a refusal in JSON whatever its status and type say; its tokens come back. */
export async function readEventStream(answer: ChatAnswer, reader: EventReader): Promise<number> {
  if (answer.status !== 200) throw reader.refuse(answer.status, parsed(await answer.text()));
  const lines = new DataLines();
  let events = 0;
  const take = (payloads: readonly string[]): void => {
    for (const payload of payloads) {
      events++;
      reader.take(parsed(payload));
    }
  };
  for await (const piece of answer.pieces) take(lines.push(piece));
  take(lines.finish());
  if (events === 0 && lines.rest.trim() !== '') throw reader.refuse(answer.status, parsed(lines.rest));
  if (reader.tokens === undefined) throw incomplete(answer.status);
  return reader.tokens;
}
