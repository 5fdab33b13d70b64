import { z } from 'zod';
import type { DialectEvent } from '../../../ports';

const text = z.string('a text');
const number = z.number('a number');
const flag = z.boolean('true or false');
const type = <Name extends DialectEvent['type']>(name: Name) => z.literal(name);

const shapes = {
  milestone: { milestone: z.enum(['app', 'network', 'connecting'], 'app, network or connecting') },
  'network-lost': { reason: text },
  'session-ready': {},
  'session-ended': { reason: text },
  'function-call': {
    name: text,
    callId: text.optional(),
    arguments: z.record(z.string(), z.unknown(), 'an object').optional(),
    repeated: z.literal(true, 'true').optional(),
  },
  light: { on: flag },
  colour: { channel: z.enum(['red', 'green', 'blue'], 'red, green or blue'), value: number },
  volume: { value: number },
  door: { open: flag },
  transcript: { text },
  'user-transcript': { text },
  'tools-declared': { tools: z.array(text, 'a list of texts') },
  'connection-state': { number, state: text.optional() },
  media: { sentPackets: number, sentBytes: number, receivedPackets: number, receivedBytes: number },
  'media-lost': { silentMs: number },
  generation: { generation: text },
  complaint: { text },
  asking: { text },
  'request-sent': {},
  'first-text': {},
  answer: { text, complete: flag },
  'request-failed': { status: number.optional(), code: text.optional(), message: text },
  'clock-set': { unixMs: number.optional() },
  'clock-unset': { reason: text.optional() },
  'tls-refused': { reason: text },
} as const satisfies Record<DialectEvent['type'], z.ZodRawShape>;

/** Types of the events that a dialect may tell. */
export const eventTypes = Object.keys(shapes) as readonly DialectEvent['type'][];

const schemas = new Map<string, z.ZodType>(
  Object.entries(shapes).map(([name, shape]) => [
    name,
    z.strictObject({ type: type(name as DialectEvent['type']), ...shape }),
  ]),
);

/** What is wrong with a value that is to be an event, as `.on is "yes"; expected true or false`; undefined: nothing. */
export function problemOfEvent(value: unknown): string | undefined {
  const seen = (one: unknown): string => (one === undefined ? 'missing' : JSON.stringify(one));
  const name =
    typeof value === 'object' && value !== null ? (value as { readonly type?: unknown }).type : undefined;
  if (typeof value !== 'object' || value === null) return ` is ${seen(value)}; expected an event`;
  const schema = typeof name === 'string' ? schemas.get(name) : undefined;
  if (schema === undefined) return `.type is ${seen(name)}; expected one of ${eventTypes.join(', ')}`;
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return undefined;
  if (issue.code === 'unrecognized_keys')
    return `.${issue.keys[0] ?? ''} is no field of the event ${String(name)}`;
  const path = issue.path.map(String).join('.');
  const at = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return `.${path} is ${seen(at)}; expected ${issue.message}`;
}
