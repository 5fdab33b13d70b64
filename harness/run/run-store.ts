import { mkdirSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { RunError } from '../errors';
import type { MeasuredTurn } from '../measurement';
import type { Finding, LatencyBound } from '../ports';
import { AppendFile, replaceFile, storeFailed } from './append-file';
import { StoredConsole, type ConsoleSink } from './console-sink';
import { toJsonText } from './json-text';
import { writeLatest } from './latest';
import type { Redactor } from './redaction';
import { createRunId, folderNameOf } from './run-id';
import type { RunRecord, TestRecord } from './run-record';

/** What is known of a run when it starts. */
export type InitialRunRecord = Omit<
  RunRecord,
  'schema' | 'runId' | 'startedAt' | 'endedAtHostMs' | 'outcome' | 'exitCode' | 'why'
>;

export interface RunStoreOptions {
  /** Folder of all runs, such as `reports`. */
  readonly reportsPath: string;
  /** Default: made from `nowIso`. */
  readonly runId?: string;
  readonly record: InitialRunRecord;
  readonly redactor: Redactor;
  /** Wall time of the start, ISO 8601 with zone. */
  readonly nowIso: string;
}

/** Writes one run. Everything is on its way to the disk when a method returns; all of them may throw `HIL_RUN_STORE_FAILED`. */
export interface RunStore {
  readonly runId: string;
  /** Absolute path of the run folder. */
  readonly path: string;
  readonly record: RunRecord;
  /** One line of `events.jsonl`. `data` carries the host time at which it happened. */
  appendEvent(kind: string, data: Readonly<Record<string, unknown>> & { readonly hostAtMs: number }): void;
  appendTurn(turn: MeasuredTurn): void;
  appendFinding(finding: Finding): void;
  appendBound(bound: LatencyBound): void;
  appendTest(test: TestRecord): void;
  /** Saves a whole file below the run folder; returns its absolute path. Sound is not searched for secrets. `mode`: permissions, where others are not to read it. */
  saveBytes(relativePath: string, bytes: Uint8Array, options?: { readonly mode?: number }): string;
  /** Absolute path of a file below the run folder, its folder made. */
  pathOf(relativePath: string): string;
  /** Folder of a board, relative to the run: its name, made safe as a file name. */
  boardFolder(boardName: string): string;
  /** The same sink for the same board. */
  consoleSink(boardName: string): ConsoleSink;
  /** Rewrites run.json with what became known later, such as the firmware of a board. */
  update(known: Partial<InitialRunRecord>): void;
  /** Closes without an end: the run reads as aborted until `storeVerdict` ends it. */
  close(): void;
}

/**
 * Opens a run folder and makes it the latest run.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function createRunStore(options: RunStoreOptions): RunStore {
  const { redactor, nowIso } = options;
  const runId = options.runId ?? createRunId(nowIso);
  const path = resolve(options.reportsPath, runId);
  const consoles = new Map<string, StoredConsole>();
  let record: RunRecord = { schema: 'earshot/run@1', runId, startedAt: nowIso, ...options.record };
  let seq = 0;

  const write = (name: string, value: unknown): void =>
    replaceFile(join(path, name), `${toJsonText(redactor.value(value), 2)}\n`);
  const appendTo = (file: AppendFile, value: unknown): void =>
    file.append(Buffer.from(`${toJsonText(redactor.value(value))}\n`));

  write('run.json', record);
  const events = new AppendFile(join(path, 'events.jsonl'));
  const turns = new AppendFile(join(path, 'turns.jsonl'));
  writeLatest(options.reportsPath, runId);

  const appendEvent = (kind: string, hostAtMs: number | undefined, data: unknown): void => {
    appendTo(events, { schema: 'earshot/event@1', seq, kind, hostAtMs, data });
    seq += 1;
  };
  const pathOf = (relativePath: string): string => {
    const target = resolve(path, relativePath);
    const inside = relative(path, target);
    if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
      throw new RunError('HIL_RUN_STORE_FAILED', `${relativePath} lies outside the run folder ${path}.`, {
        path,
        relativePath,
      });
    }
    try {
      mkdirSync(resolve(target, '..'), { recursive: true });
    } catch (cause) {
      throw storeFailed(target, cause);
    }
    return target;
  };
  const close = (): void => {
    for (const sink of consoles.values()) sink.close();
    consoles.clear();
    events.close();
    turns.close();
  };

  return {
    runId,
    path,
    get record() {
      return record;
    },
    appendEvent: (kind, { hostAtMs, ...data }) => appendEvent(kind, hostAtMs, data),
    appendTurn(turn) {
      const { turnId, endedAtHostMs } = turn.record;
      appendTo(turns, { schema: 'earshot/turn-line@1', record: turn.record, measurement: turn.measurement });
      appendEvent('turn', endedAtHostMs, { turnId });
    },
    appendFinding: (finding) => appendEvent('finding', finding.hostAtMs, finding),
    appendBound: (bound) => appendEvent('bound', bound.hostAtMs, bound),
    appendTest: (test) => appendEvent('test', undefined, test),
    saveBytes(relativePath, bytes, options) {
      const target = pathOf(relativePath);
      replaceFile(target, bytes, options);
      return target;
    },
    pathOf,
    boardFolder: folderNameOf,
    consoleSink(boardName) {
      const known = consoles.get(boardName);
      if (known !== undefined) return known;
      const sink = new StoredConsole(join(path, folderNameOf(boardName)), redactor);
      consoles.set(boardName, sink);
      return sink;
    },
    update(known) {
      record = { ...record, ...known };
      write('run.json', record);
    },
    close,
  };
}
