import { isObject, type Fault, type Json } from './check';
import { checkClientEvent } from './validation';

/** A message of a client: an event with all of its fields checked, or what is wrong with it. */
export type ClientMessage =
  | { readonly event: Json; readonly eventId: string | null; readonly fault?: undefined }
  | { readonly fault: Fault; readonly eventId: string | null };

const refused = (code: string, message: string): ClientMessage => ({
  fault: { code, message, param: null },
  eventId: null,
});

/** Reads one WebSocket message as a client event. */
export function readClientEvent(data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary)
    return refused('invalid_event', 'Expected a text WebSocket message; binary frames are not supported.');
  let event: unknown;
  try {
    event = JSON.parse(data.toString());
  } catch {
    // What cannot be parsed is the client's fault and is answered, not thrown.
    return refused('invalid_json', 'The message is not valid JSON.');
  }
  const eventId = isObject(event) && typeof event.event_id === 'string' ? event.event_id : null;
  const fault = checkClientEvent(event, '');
  if (fault !== undefined) return { fault, eventId };
  return isObject(event) ? { event, eventId } : refused('invalid_type', 'Expected an object.');
}
