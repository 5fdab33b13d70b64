import type { EventBody } from '../../event-body';
import { keepNewest } from '../../../ports';
import { functionCall, jsonObject } from '../printed-calls';

type Call = Extract<EventBody, { readonly type: 'function-call' }>;

/** A call is repeated at the end of its response, and no response has more calls. */
const MOST_SEEN = 1_000;

const IN_FIELDS = /^name=(\S+) call_id=(\S*) args=(.*)$/s;

/** How a call was printed: in fields, or as the service's event. */
export type CallShape = 'fields' | 'json';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads what stands behind `Function Call `; undefined when no name can be read from it. */
export function readCall(
  printed: string,
): { readonly shape: CallShape; readonly call: Call | undefined } | undefined {
  const fields = IN_FIELDS.exec(printed);
  if (fields !== null)
    return { shape: 'fields', call: functionCall(fields[1] ?? '', fields[2] ?? '', fields[3] ?? '') };
  if (!printed.startsWith('{')) return undefined;
  const event = jsonObject(printed);
  const name = text(event?.['name']);
  if (event === undefined || name === '') return { shape: 'json', call: undefined };
  // The arguments are JSON in a string of the JSON.
  return { shape: 'json', call: functionCall(name, text(event['call_id']), text(event['arguments'])) };
}

/**
 * Marks calls that were printed before: of several calls in one response, the firmware remembers the latest only and executes each of
 * them a second time when the response ends (device.md section 9.4).
 */
export function repetitionMarker(): (call: Call) => Call {
  const seen = new Set<string>();
  return (call) => {
    if (call.callId === undefined) return call;
    if (seen.has(call.callId)) return { ...call, repeated: true };
    seen.add(call.callId);
    keepNewest(seen, MOST_SEEN);
    return call;
  };
}
