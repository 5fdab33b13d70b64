import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { RunError } from '../errors';
import type { MeasuredTurn } from '../measurement';
import type { Finding, LatencyBound } from '../ports';
import { AppendFile, makeFolders, moveIntoPlace, replaceFile, writeAside } from './append-file';
import { StoredConsole, type ConsoleSink } from './console-sink';
import { toJsonText } from './json-text';
import { writeLatest } from './latest';
import type { Redactor } from './redaction';
import { createRunId, folderNameOf } from './run-id';
import type { RunRecord, TestRecord } from './run-record';
import { machineFiles, storeFailed, type StoreFiles } from './store-files';
import { Unsynced } from './unsynced';

/** What is known of a run when it starts. */
export type InitialRunRecord = Omit<
  RunRecord,
  'schema' | 'runId' | 'startedAt' | 'endedAtHostMs' | 'outcome' | 'exitCode' | 'why'
>;

export interface RunStoreOptions {
  /** Folder of all runs, such as `reports`. */
  readonly reportsPath: string;
  /** Default: made from `nowIso`, another than any run there has. */
  readonly runId?: string;
  readonly record: InitialRunRecord;
  readonly redactor: Redactor;
  /** Wall time of the start, ISO 8601 with zone. */
  readonly nowIso: string;
  /** Default: the disks of this machine. */
  readonly files?: StoreFiles;
}

/**
 * Writes one run. What a method was given has left this process when it returns, and outlives its SIGKILL. The first write that
 * fails is the last one: from then on the files stay as they are, each whole up to its last line, and `onFailed` has been told.
 */
export interface RunStore {
  readonly runId: string;
  /** Absolute path of the run folder. */
  readonly path: string;
  readonly record: RunRecord;
  /** Why nothing is stored any more, `HIL_RUN_STORE_FAILED` or `HIL_RUN_DISK_LOW`; undefined: all is stored. */
  readonly failure: RunError | undefined;
  /** Told once, when a write fails; at once where one has failed already. */
  onFailed(listener: (failure: RunError) => void): void;
  /** One line of `events.jsonl`. `data` carries the host time at which it happened. */
  appendEvent(kind: string, data: Readonly<Record<string, unknown>> & { readonly hostAtMs: number }): void;
  /**
   * Resolves when the turn, its captures and everything that was stored before it are on the disk: from then on they outlive
   * the power. Rejects with `failure` where they are not.
   */
  appendTurn(turn: MeasuredTurn): Promise<void>;
  appendFinding(finding: Finding): void;
  appendBound(bound: LatencyBound): void;
  appendTest(test: TestRecord): void;
  /**
   * Saves a whole file below the run folder; returns its absolute path. Sound is not searched for secrets; `isImage`: what a board had in
   * memory or flash is. `mode`: permissions, where others are not to read it.
   * @throws RunError `failure`.
   */
  saveBytes(
    relativePath: string,
    bytes: Uint8Array,
    options?: { readonly mode?: number; readonly isImage?: true },
  ): string;
  /** Absolute path of a file below the run folder, its folder made. @throws RunError `failure`, or for a path that leads elsewhere. */
  pathOf(relativePath: string): string;
  /** Folder of a board, relative to the run: its name, made safe as a file name. */
  boardFolder(boardName: string): string;
  /** The same sink for the same board. */
  consoleSink(boardName: string): ConsoleSink;
  /** Rewrites run.json with what became known later, such as the firmware of a board: before the next turn is on the disk. */
  update(known: Partial<InitialRunRecord>): void;
  /**
   * Returns where the disk has room to end a run: captures of a turn, verdict and reports.
   * @throws RunError `HIL_RUN_DISK_LOW`, or `failure`.
   */
  assertRoom(): void;
  /** Closes without an end: the run reads as aborted until `storeVerdict` ends it. Resolves when all is on the disk. */
  close(): Promise<void>;
}

/** Captures of the longest turn, 60 s of 48 kHz in stereo, are 12 MB; a report with its sounds is a few. */
const ROOM_BYTES = 64 << 20;

const inMebibytes = (bytes: number): string => `${Math.floor(bytes / (1 << 20))} MiB`;

/** A folder of its own for a run: the clock of a machine may be set back to a second in which another run began. */
function makeRunFolder({ reportsPath, runId, nowIso, files = machineFiles }: RunStoreOptions): {
  readonly id: string;
  readonly path: string;
  readonly named: readonly string[];
} {
  const named = makeFolders(resolve(reportsPath), files);
  for (let tries = 1; ; tries += 1) {
    const id = runId ?? createRunId(nowIso);
    const path = resolve(reportsPath, id);
    try {
      if (files.makeFolder(path)) return { id, path, named: [...named, dirname(path)] };
    } catch (cause) {
      throw storeFailed(path, cause);
    }
    // 65 536 runs may begin in a second.
    if (runId !== undefined || tries === 100)
      throw storeFailed(path, new Error('there is a run in it already'));
  }
}

function freeBytesAt(path: string, files: StoreFiles): number {
  try {
    return files.freeBytes(path);
  } catch (cause) {
    throw storeFailed(path, cause);
  }
}

/** Files of a turn, relative to the run: what it captured, and what the provider's process has written of it. */
function soundsOf({ record }: MeasuredTurn): string[] {
  if (record.kind === 'text') return [];
  const { capture, received, replies } = record;
  return [capture, received, ...replies].flatMap((sound) => sound?.path ?? []);
}

/**
 * Opens a run folder and makes it the latest run. Both are on the disk when this returns.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function createRunStore(options: RunStoreOptions): RunStore {
  const { redactor, nowIso, files = machineFiles } = options;
  const { id: runId, path, named } = makeRunFolder(options);
  const manifestPath = join(path, 'run.json');
  const consoles = new Map<string, StoredConsole>();
  const unsynced = new Unsynced(files);
  const listeners: ((failure: RunError) => void)[] = [];
  let record: RunRecord = { schema: 'earshot/run@1', runId, startedAt: nowIso, ...options.record };
  let failure: RunError | undefined;
  let manifestWritten: Promise<void> = Promise.resolve();
  let seq = 0;

  const manifest = (): string => `${toJsonText(redactor.value(record), 2)}\n`;
  replaceFile(manifestPath, manifest(), { files });
  const events = new AppendFile(join(path, 'events.jsonl'), files);
  const turns = new AppendFile(join(path, 'turns.jsonl'), files);
  writeLatest(options.reportsPath, runId, files);
  for (const folder of [path, ...named]) files.syncNow(folder);

  const fail = (cause: RunError): RunError => {
    if (failure !== undefined) return failure;
    failure = cause;
    for (const tell of listeners) tell(failure);
    return failure;
  };
  /** Does what writes, unless something could not be written before: behind a hole nothing is to be read. */
  const writing = <T>(write: () => T): T => {
    if (failure !== undefined) throw failure;
    try {
      return write();
    } catch (cause) {
      throw cause instanceof RunError ? fail(cause) : cause;
    }
  };
  /** The same for whoever cannot do anything about it: `onFailed` tells. */
  const quietly = (write: () => void): void => {
    try {
      writing(write);
    } catch (cause) {
      if (failure === undefined) throw cause;
    }
  };
  const appendTo = (file: AppendFile, value: unknown): void => {
    file.append(Buffer.from(`${toJsonText(redactor.value(value))}\n`));
    unsynced.add(file.path);
  };
  const appendEvent = (kind: string, hostAtMs: number | undefined, data: unknown): void =>
    quietly(() => {
      appendTo(events, { schema: 'earshot/event@1', seq, kind, hostAtMs, data });
      seq += 1;
    });
  const settle = async (): Promise<void> => {
    await manifestWritten;
    if (failure !== undefined) throw failure;
    try {
      await unsynced.settle();
    } catch (cause) {
      throw cause instanceof RunError ? fail(cause) : cause;
    }
  };
  /** Keeps the host reading: run.json is synced before it is moved, which takes as long as the disk takes. */
  const writeManifest = async (): Promise<void> => {
    if (failure !== undefined) return;
    try {
      const aside = writeAside(manifestPath, manifest(), { files });
      await files.sync(aside);
      moveIntoPlace(aside, manifestPath, files);
      unsynced.add(path);
    } catch (cause) {
      fail(storeFailed(manifestPath, cause));
    }
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
    writing(() => unsynced.add(...makeFolders(dirname(target), files)));
    return target;
  };

  return {
    runId,
    path,
    get record() {
      return record;
    },
    get failure() {
      return failure;
    },
    onFailed(listener) {
      listeners.push(listener);
      if (failure !== undefined) listener(failure);
    },
    appendEvent: (kind, { hostAtMs, ...data }) => appendEvent(kind, hostAtMs, data),
    async appendTurn(turn) {
      const { turnId, endedAtHostMs } = turn.record;
      writing(() =>
        appendTo(turns, {
          schema: 'earshot/turn-line@1',
          record: turn.record,
          measurement: turn.measurement,
        }),
      );
      appendEvent('turn', endedAtHostMs, { turnId });
      for (const sound of soundsOf(turn)) unsynced.add(join(path, sound), dirname(join(path, sound)));
      await settle();
    },
    appendFinding: (finding) => appendEvent('finding', finding.hostAtMs, finding),
    appendBound: (bound) => appendEvent('bound', bound.hostAtMs, bound),
    appendTest: (test) => appendEvent('test', undefined, test),
    saveBytes(relativePath, given, { mode, isImage } = {}) {
      const bytes = isImage === true ? redactor.bytes(given) : given;
      const target = pathOf(relativePath);
      writing(() => {
        moveIntoPlace(
          writeAside(target, bytes, { files, ...(mode === undefined ? {} : { mode }) }),
          target,
          files,
        );
        unsynced.add(target, dirname(target));
      });
      return target;
    },
    pathOf,
    boardFolder: folderNameOf,
    consoleSink(boardName) {
      const known = consoles.get(boardName);
      if (known !== undefined) return known;
      const boardPath = join(path, folderNameOf(boardName));
      const sink = writing(() => new StoredConsole(boardPath, redactor, { files, unsynced, quietly }));
      consoles.set(boardName, sink);
      return sink;
    },
    update(known) {
      record = { ...record, ...known };
      manifestWritten = manifestWritten.then(writeManifest);
    },
    assertRoom() {
      writing(() => {
        const freeBytes = freeBytesAt(path, files);
        if (freeBytes >= ROOM_BYTES) return;
        const message = `The disk of ${path} has ${inMebibytes(freeBytes)} left; ${inMebibytes(ROOM_BYTES)} are wanted to store a turn and to end the run.`;
        throw new RunError('HIL_RUN_DISK_LOW', message, { path, freeBytes, wantedBytes: ROOM_BYTES });
      });
    },
    async close() {
      for (const sink of consoles.values()) sink.close();
      consoles.clear();
      await settle().catch(() => undefined); // `onFailed` has told.
      events.close();
      turns.close();
    },
  };
}
