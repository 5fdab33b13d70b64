import { isObject, type Fault, type Json } from '../json/check';
import type { Dialect } from './dialect';

/** A message of a client: an event with all of its fields checked, or what is wrong with it. */
export type ClientMessage =
  | { readonly event: Json; readonly eventId: string | null; readonly fault?: undefined }
  | { readonly fault: Fault; readonly eventId: string | null };

const MOST_LEVELS = 64;
const MOST_CHARS = 1000;

const refused = (code: string, message: string): ClientMessage => ({
  fault: { code, message, param: null },
  eventId: null,
});

/** Reads one WebSocket message as a client event of GA. */
export function readClientEvent(data: Buffer, isBinary: boolean, dialect: Dialect): ClientMessage {
  if (isBinary)
    return refused('invalid_event', 'Expected a text WebSocket message; binary frames are not supported.');
  let event: unknown;
  try {
    event = JSON.parse(data.toString());
  } catch {
    // What cannot be parsed is the client's fault and is answered, not thrown.
    return refused('invalid_json', 'The message is not valid JSON.');
  }
  if (isDeeperThan(MOST_LEVELS, event))
    return refused('invalid_value', `The message is nested deeper than ${MOST_LEVELS} levels.`);
  const eventId = isObject(event) && typeof event.event_id === 'string' ? event.event_id.slice(0, 512) : null;
  const fault = dialect.check(event, '');
  if (fault !== undefined) return { fault: shortened(fault), eventId };
  return isObject(event)
    ? { event: dialect.read(event), eventId }
    : refused('invalid_type', 'Expected an object.');
}

/** Looks in rows rather than by recursion, which is what deep nesting breaks, `JSON.stringify` included. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let row: unknown[] = [value];
  for (let level = 0; row.length > 0; level++) {
    if (level > levels) return true;
    row = row.flatMap((entry): unknown[] =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return false;
}

/** A fault that does not send a client's megabytes back to it and into the log. */
const shortened = ({ code, message, param }: Fault): Fault => ({
  code,
  message: message.slice(0, MOST_CHARS),
  param: param?.slice(0, MOST_CHARS) ?? null,
});
