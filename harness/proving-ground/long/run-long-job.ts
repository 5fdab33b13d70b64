import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LongJob, LongReport } from './long-job';

export interface LongRunOptions {
  /** `<folder>/<job>.json` is the report, `<folder>/<job>/<part>.json` are the parts. */
  readonly folder: string;
  /** Forgets what was kept. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  readonly onPart?: (progress: {
    readonly part: string;
    readonly state: 'kept' | 'done';
    readonly finished: number;
    readonly parts: number;
  }) => void;
}

const SCHEMA = 'earshot/long-part@1';

/** Written aside and moved into place: a part is there whole or not at all, whenever the power goes. */
function writeWhole(path: string, value: unknown): void {
  const aside = `${path}.part`;
  writeFileSync(aside, `${JSON.stringify(value)}\n`);
  renameSync(aside, path);
}

/** The kept result of a part; undefined when there is none, it belongs to another key, or it cannot be read. */
function keptResult(path: string, key: string): { readonly result: unknown } | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>> | null;
    return kept?.['schema'] === SCHEMA && kept['key'] === key ? { result: kept['result'] } : undefined;
  } catch {
    // Torn or foreign: the part is done again, which costs time and nothing else.
    return undefined;
  }
}

/**
 * Runs a long job, or what is left of it: parts that were finished before under the same key are read back.
 * @returns The report, which is also written.
 * @throws The signal's reason when it was aborted, or what a part threw. Finished parts stay.
 */
export async function runLongJob(job: LongJob, options: LongRunOptions): Promise<LongReport> {
  const { folder, fresh = false, signal = new AbortController().signal, onPart } = options;
  const parts = join(folder, job.name);
  const report = join(folder, `${job.name}.json`);
  // A report that is older than the run would be taken for its result.
  rmSync(report, { force: true });
  if (fresh) rmSync(parts, { recursive: true, force: true });
  mkdirSync(parts, { recursive: true });
  const results = new Map<string, unknown>();
  for (const part of job.parts) {
    signal.throwIfAborted();
    const path = join(parts, `${part}.json`);
    const kept = keptResult(path, job.key);
    const result = kept === undefined ? await job.run(part, signal) : kept.result;
    if (kept === undefined) writeWhole(path, { schema: SCHEMA, key: job.key, part, result });
    results.set(part, result);
    onPart?.({
      part,
      state: kept === undefined ? 'done' : 'kept',
      finished: results.size,
      parts: job.parts.length,
    });
  }
  const finished = job.finish(results);
  writeWhole(report, finished);
  return finished;
}
