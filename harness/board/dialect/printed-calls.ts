import type { EventBody } from '../event-body';

type Printed = readonly [RegExp, (first: string, second: string) => EventBody];

// Anchored at the end only: printf text lands behind whatever is being typed at the prompt.
const printed: readonly Printed[] = [
  [/Light set to (ON|OFF)$/, (value) => ({ type: 'light', on: value === 'ON' })],
  [
    /(Red|Green|Blue) set to (-?\d+)$/,
    (channel, value) => ({
      type: 'colour',
      channel: channel.toLowerCase() as 'red' | 'green' | 'blue',
      value: Number(value),
    }),
  ],
  [/Volume set to (-?\d+)$/, (value) => ({ type: 'volume', value: Number(value) })],
  [/Door is (Opened|Closed)$/, (value) => ({ type: 'door', open: value === 'Opened' })],
  [
    /((?:Missing required attribute|Unhandled attribute type or invalid value for): .+|Error parsing arguments JSON)$/,
    (text) => ({ type: 'complaint', text }),
  ],
];

/** What a line without a stamp says of an executed call (device.md section 9.4): an effect, or what was wrong with its arguments. */
export function readPrinted(text: string): readonly EventBody[] {
  for (const [pattern, eventOf] of printed) {
    const found = pattern.exec(text);
    if (found !== null) return [eventOf(found[1] ?? '', found[2] ?? '')];
  }
  return [];
}

/**
 * A call as a firmware printed it.
 * @param args - JSON as it was printed, broken or not: the event then has no arguments.
 */
export function functionCall(
  name: string,
  callId: string,
  args: string,
): Extract<EventBody, { readonly type: 'function-call' }> {
  const decoded = jsonObject(args);
  return {
    type: 'function-call',
    name,
    ...(callId === '' ? {} : { callId }),
    ...(decoded === undefined ? {} : { arguments: decoded }),
  };
}

/** The object that a JSON text holds; undefined for anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    // The firmware printed what the service sent, broken or not; whoever asked knows what to make of it.
    return undefined;
  }
}
