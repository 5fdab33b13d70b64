import { validateHeaderName, validateHeaderValue } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, isHilError } from '../../errors';
import { providerProtocols } from '../../ports';
import type { CassetteHead, Take } from './cassette';

/** What a run recorded: who was asked, and every exchange in the order in which they ended. */
export interface Cassette {
  readonly head: CassetteHead;
  readonly takes: readonly Take[];
}

/** Larger ones are no recording of a test run; they would fill the memory of the replay. */
export const MOST_CASSETTE_BYTES = 256 * 1024 * 1024;
/** Timers count no further than 24 days; no exchange lasts a day. */
const MOST_MS = 86_400_000;

const atMs = z.number().min(0).max(MOST_MS);
const masked = z.literal(true).exactOptional();
// Objects are loose: what a later version adds is not looked at.
const bytes = z.union(
  [z.looseObject({ text: z.string(), masked }), z.looseObject({ base64: z.base64(), masked })],
  'expected a text or base64',
);
const timedBytes = z.union(
  [z.looseObject({ atMs, text: z.string(), masked }), z.looseObject({ atMs, base64: z.base64(), masked })],
  'expected atMs, and a text or base64',
);
const status = z.int().min(200).max(599);

const isHeader = (name: string, value: string): boolean => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};
const headers = z
  .record(z.string(), z.string())
  .refine(
    (fields) => Object.entries(fields).every(([name, value]) => isHeader(name, value)),
    'expected headers that HTTP can carry',
  );

const httpTake = z.looseObject({
  kind: z.literal('http'),
  request: z.looseObject({ method: z.string(), path: z.string(), headers, body: bytes }),
  answer: z.looseObject({ atMs, status, headers, body: z.array(timedBytes) }).exactOptional(),
  end: z.looseObject({
    atMs,
    how: z.enum(['complete', 'cut-by-provider', 'cut-by-board', 'unreachable']),
  }),
});

const side = z.enum(['board', 'provider']);
const binary = z.literal(true).exactOptional();
const message = z.union(
  [
    z.looseObject({ atMs, from: side, binary, text: z.string(), masked }),
    z.looseObject({ atMs, from: side, binary, base64: z.base64(), masked }),
  ],
  'expected atMs, from, and a text or base64',
);
const socketTake = z.looseObject({
  kind: z.literal('socket'),
  path: z.string(),
  spoken: z
    .array(
      z.looseObject({
        spokeUntilMs: atMs,
        heard: z
          .looseObject({
            promptId: z.string().exactOptional(),
            utterance: z.string().exactOptional(),
            language: z.string().exactOptional(),
          })
          .exactOptional(),
      }),
    )
    .exactOptional(),
  messages: z.array(message),
  end: z.discriminatedUnion('how', [
    z.looseObject({
      atMs,
      how: z.literal('closed'),
      by: side,
      code: z.int().min(1000).max(4999),
      // RFC 6455 section 5.5: a control frame holds 125 bytes, two of them the code.
      reason: z.string().refine((text) => Buffer.byteLength(text) <= 123, 'expected at most 123 bytes'),
    }),
    z.looseObject({ atMs, how: z.literal('refused'), status, body: bytes }),
  ]),
});

const takeLine = z.discriminatedUnion('kind', [httpTake, socketTake]);

const headLine = z.looseObject({
  schema: z.literal('earshot/cassette@1'),
  protocol: z.enum(providerProtocols),
  recordedAt: z.string(),
});

/**
 * A cassette that a proxy has recorded.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`; `HIL_CONFIG_INVALID` with line and key for what is no cassette, for one of a
 *   newer major version, and for more than `MOST_CASSETTE_BYTES`.
 */
export function readCassette(path: string): Cassette {
  const lines = readText(path).split('\n');
  // The last line has an end too.
  if (lines.at(-1) === '') lines.pop();
  const [first = '', ...rest] = lines;
  const written = parseLine(path, 1, first);
  refuseNewer(path, written);
  const head: CassetteHead = validLine(path, 1, written, headLine);
  const takes = rest.map((line, index): Take => {
    const at = index + 2;
    return validLine(path, at, parseLine(path, at, line), takeLine);
  });
  return { head, takes };
}

function readText(path: string): string {
  try {
    const { size: sizeBytes } = statSync(path);
    if (sizeBytes > MOST_CASSETTE_BYTES) {
      const message = `${path} has ${sizeBytes} bytes; a cassette has at most ${MOST_CASSETTE_BYTES}.`;
      throw new ConfigError('HIL_CONFIG_INVALID', message, { path, sizeBytes });
    }
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const message = `The cassette ${path} cannot be read (${why}).`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', message, { path }, { cause });
  }
}

function parseLine(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const message = `${path}:${line}: this line of the cassette is no JSON; was the recording cut?`;
    throw new ConfigError('HIL_CONFIG_INVALID', message, { path, line }, { cause });
  }
}

function refuseNewer(path: string, head: unknown): void {
  const schema = typeof head === 'object' && head !== null && 'schema' in head ? head.schema : undefined;
  const [, major] = /^earshot\/cassette@(\d+)$/.exec(String(schema)) ?? [];
  if (major === undefined || Number(major) <= 1) return;
  const message = `${path}:1: schema is ${String(schema)}, of a newer earshot; this one reads earshot/cassette@1.`;
  throw new ConfigError('HIL_CONFIG_INVALID', message, { path, line: 1, key: 'schema', schema });
}

function validLine<S extends z.ZodType>(path: string, line: number, value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  const where = key === '' ? 'the line' : key;
  const why = issue?.message.replace(/\.$/, '') ?? 'not valid';
  const message = `${path}:${line}: in this cassette, ${where} is wrong: ${why}.`;
  throw new ConfigError('HIL_CONFIG_INVALID', message, { path, line, key });
}
