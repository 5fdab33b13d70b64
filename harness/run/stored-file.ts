import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { RunError } from '../errors';
import { linesOf } from './file-pieces';

/** The newest major that this version writes and reads, by kind. */
const newestMajor: Readonly<Record<string, number>> = {
  run: 1,
  baseline: 1,
  verdict: 1,
  event: 1,
  'turn-line': 1,
  'console-line': 1,
};

/** `run.json` as a whole, or one line of a journal. */
export interface Place {
  readonly path: string;
  /** From 1; absent for a file that is one value. */
  readonly line?: number;
}

const inWords = ({ path, line }: Place): string => (line === undefined ? path : `${path} line ${line}`);

function damaged(place: Place, detail: string, cause?: unknown): RunError {
  const message = `${inWords(place)} is not what the store wrote: ${detail}.`;
  return new RunError('HIL_RUN_DAMAGED', message, { ...place }, { cause });
}

/** @throws RunError `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED`. */
function checkSchema(value: unknown, kind: string, place: Place): void {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  const parts = typeof schema === 'string' ? /^earshot\/([\w-]+)@(\d+)$/.exec(schema) : null;
  if (parts?.[1] !== kind) {
    throw damaged(place, `schema is ${JSON.stringify(schema)}, expected earshot/${kind}@n`);
  }
  const major = Number(parts[2]);
  const newest = newestMajor[kind] ?? 1;
  if (major > newest) {
    const message = `${inWords(place)} has schema ${String(schema)}; this version reads up to @${newest}.`;
    throw new RunError('HIL_RUN_TOO_NEW', message, { ...place, schema, newest });
  }
}

/**
 * Checks a stored value against its kind and shape; the value comes back as it was, with fields that the shape does not name.
 * @throws RunError `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED` with the path of the field.
 */
export function checkStored(value: unknown, kind: string, shape: z.ZodType, place: Place): unknown {
  checkSchema(value, kind, place);
  const result = shape.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw damaged(place, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}`, result.error);
  }
  return value;
}

/**
 * The text of a file; undefined when there is none.
 * @throws RunError `HIL_RUN_DAMAGED` when it cannot be read, or has more bytes than this.
 */
export function readText(path: string, mostBytes = Infinity): string | undefined {
  try {
    const { size } = statSync(path);
    if (size > mostBytes) throw damaged({ path }, `it has ${size} bytes, at most ${mostBytes} are read`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, cause);
  }
}

const unreadable = (path: string, cause: unknown): RunError =>
  damaged({ path }, `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, cause);

/** A stored value from its text. @throws RunError `HIL_RUN_DAMAGED`. */
export function parseStored(text: string, place: Place): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw damaged(place, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * The lines of a journal one after the other, parsed and numbered from 1; none when there is no such file. A last line that lacks its end and
 * is no JSON is what a killed writer was at, and so are NULs that a crashed file system leaves: both are left out.
 * @throws RunError `HIL_RUN_DAMAGED` for any other line that is no JSON, and where the file cannot be read.
 */
export function* journalOf(path: string): Generator<{ readonly value: unknown; readonly place: Place }> {
  let before: string | undefined;
  let line = 0;
  for (const text of readable(path)) {
    if (before !== undefined) {
      line += 1;
      const place = { path, line };
      yield { value: parseStored(before, place), place };
    }
    before = text.includes('\0') ? text.replaceAll('\0', '') : text;
  }
  if (before !== undefined && isJson(before))
    yield { value: parseStored(before, { path }), place: { path, line: line + 1 } };
}

/** Lines of a file, and what the file system says of them in words. */
function* readable(path: string): Generator<string> {
  try {
    yield* linesOf(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** All of `journalOf`. */
export const readJournal = (path: string): { readonly value: unknown; readonly place: Place }[] => [
  ...journalOf(path),
];
