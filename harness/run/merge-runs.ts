import { renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RunError } from '../errors';
import { AppendFile, replaceFile } from './append-file';
import type { DifferenceName } from './baseline';
import { earlierLog } from './console-sink';
import { piecesOf } from './file-pieces';
import { toJsonText } from './json-text';
import { shifted, type ConsoleCount, type FactShift } from './merge-facts';
import { carriedFiles, carry, consoleFiles, isFree } from './merge-files';
import { planMerge, type MergePart, type MergePlan } from './merge-record';
import { consoleLinesOf } from './read-console';
import { readRun, type FinishedRun, type FinishedTurn, type RunEvent } from './read-run';
import { folderNameOf } from './run-id';
import { readJournal } from './stored-file';
import { storeFailed } from './store-files';

export interface MergeOptions {
  /** Run folders in any order. One that was merged itself counts as the runs that it is of. */
  readonly runs: readonly string[];
  /** The run folder that is made; or the folder below which it is made, by its run's id. */
  readonly out: string | { readonly below: string };
  /** Differences that are known and borne, as boards of one bench have providers of their own. */
  readonly despite?: readonly DifferenceName[];
  /** Of blocks that were played in turns with those of another image. Absent: they were not. */
  readonly inTurns?: {
    /** The pair that the block of this run id is in. */
    pairOf(runId: string): number | undefined;
    /** The other image's merged run. Absent: it is not merged yet, and names this one. */
    readonly with?: string;
  };
}

/** What is to be written of one part, with its place in the order of all. */
interface Ordered {
  readonly atMs: number;
  readonly value: unknown;
}

/** Of a console, that are written together: some hundred kilobytes. */
const LINES_AT_ONCE = 2_000;
const NOTHING_PRINTED: ConsoleCount = { boots: 0, lines: 0, bytes: 0 };

/** Events without a board's name in a run that has one board are of that board. */
const ofTheBoard: ReadonlySet<string> = new Set(['board', 'crash', 'core-dump']);

/** Values that have their place by an earlier one where they carry no time, as tests do: what was in order stays so. */
function ordered<T>(values: readonly T[], timeOf: (value: T) => number | undefined): Ordered[] {
  let atMs = -Infinity;
  return values.map((value) => {
    atMs = Math.max(atMs, timeOf(value) ?? atMs);
    return { atMs, value };
  });
}

const inOrder = (parts: readonly (readonly Ordered[])[]): unknown[] =>
  parts
    .flat()
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ value }) => value);

/** `korvo-1 on lab-2`, with a number where it played several of the runs. */
function placesOf(parts: readonly MergePart[]): readonly string[] {
  const seen = new Map<string, number>();
  return parts.map(({ run: { record }, boardNames }) => {
    const place = `${[...boardNames.values()].join(', ')} on ${record.bench.name}`;
    const count = (seen.get(place) ?? 0) + 1;
    seen.set(place, count);
    return count === 1 ? place : `${place} #${count}`;
  });
}

/** Joins the facts of all parts and writes them below one folder. */
class Merger {
  private readonly printed = new Map<string, ConsoleCount>();
  private readonly consoles = new Map<string, { readonly raw: AppendFile; readonly lines: AppendFile }>();
  private readonly places: readonly string[];
  private sessions = 0;

  constructor(
    private readonly plan: MergePlan,
    private readonly folder: string,
  ) {
    this.places = placesOf(plan.parts);
  }

  /** @throws RunError `HIL_RUN_STORE_FAILED`, `HIL_RUN_DAMAGED`. */
  write(): void {
    const written = this.plan.parts.map((part, index) => this.writePart(part, index));
    const turns = inOrder(written.map((part) => part.turns)) as FinishedTurn[];
    const events = inOrder(written.map((part) => part.events)) as RunEvent[];
    this.writeJournal(
      'turns.jsonl',
      turns.map((turn) => ({ schema: 'earshot/turn-line@1', ...turn })),
    );
    this.writeJournal(
      'events.jsonl',
      events.map((event, seq) => ({ ...event, seq })),
    );
    // Last: without it, this is no run.
    replaceFile(join(this.folder, 'run.json'), `${toJsonText(this.plan.record, 2)}\n`);
  }

  private writeJournal(name: string, values: readonly unknown[]): void {
    replaceFile(join(this.folder, name), values.map((value) => `${toJsonText(value)}\n`).join(''));
  }

  close(): void {
    for (const { raw, lines } of this.consoles.values()) {
      raw.close();
      lines.close();
    }
  }

  private writePart(
    part: MergePart,
    index: number,
  ): { readonly turns: readonly Ordered[]; readonly events: readonly Ordered[] } {
    const { run, boardNames, merged } = part;
    const { runId } = run.record;
    const files = carriedFiles(part);
    for (const file of files) carry(file, run.path, this.folder);

    const paths = new Map(files.map(({ from, to }) => [from, to]));
    const turnIds = new Set(run.turns.map(({ record }) => record.turnId));
    const shiftFor = (boardName: string | undefined): FactShift => ({
      hostOffsetMs: part.hostOffsetMs,
      turnIdOf: (id) => (turnIds.has(id) && !merged ? `${id}@${runId}` : undefined),
      boardNameOf: (name) => boardNames.get(name) ?? name,
      pathOf: (path) => paths.get(path),
      before: this.printedBy(boardNames.get(boardName ?? '') ?? ''),
    });

    const sessionsBefore = this.sessions;
    const turns = run.turns.map((turn) => {
      const moved = shifted(turn, shiftFor(turn.record.boardName)) as FinishedTurn;
      const session = sessionsBefore + turn.record.session;
      this.sessions = Math.max(this.sessions, session);
      return { ...moved, record: { ...moved.record, session } };
    });
    const alone = run.record.boards.length === 1 ? run.record.boards[0]?.name : undefined;
    const events = readJournal(join(run.path, 'events.jsonl')).map(({ value }) => {
      const event = value as RunEvent;
      const { boardName = ofTheBoard.has(event.kind) ? alone : undefined } = event.data as {
        readonly boardName?: string;
      };
      const data = {
        ...this.attributed(event, index, merged ? undefined : runId),
        ...(boardName === undefined ? {} : { boardName }),
      };
      return shifted({ ...event, data }, shiftFor(boardName ?? alone)) as RunEvent;
    });
    for (const name of boardNames.keys()) this.writeConsole(part, name, shiftFor(name));
    return {
      turns: ordered(turns, ({ record }) => record.startedAtHostMs),
      events: ordered(events, ({ hostAtMs }) => hostAtMs),
    };
  }

  /** The data of an event with where it comes from, in the words of its kind. */
  private attributed({ kind, data }: RunEvent, index: number, runId: string | undefined): RunEvent['data'] {
    if (runId === undefined) return data;
    if (kind === 'test') return { ...data, ranOn: this.places[index] };
    if (kind === 'finding') return { ...data, facts: { ...(data['facts'] as object), runId } };
    return { ...data, runId };
  }

  private printedBy(boardName: string): ConsoleCount {
    return this.printed.get(boardName) ?? NOTHING_PRINTED;
  }

  private writeConsole({ run, boardNames, hostOffsetMs }: MergePart, name: string, shift: FactShift): void {
    const to = boardNames.get(name) ?? name;
    const folder = folderNameOf(to);
    const from = join(run.path, folderNameOf(name));
    if ([...consoleFiles].every((file) => (sizeOf(join(from, file)) ?? 0) === 0)) return;

    const { consoles, printed } = this;
    const path = join(this.folder, folder);
    const files = consoles.get(to) ?? {
      raw: new AppendFile(join(path, 'console.log')),
      lines: new AppendFile(join(path, 'console.jsonl')),
    };
    consoles.set(to, files);
    let sizeBytes = 0;
    for (const file of [earlierLog, 'console.log'])
      for (const piece of piecesOf(join(from, file))) {
        files.raw.append(piece);
        sizeBytes += piece.length;
      }
    const isMoved = hostOffsetMs !== 0 || shift.before !== NOTHING_PRINTED;
    const count = { boots: 0, lines: 0, bytes: 0 };
    let waiting: string[] = [];
    const write = (): void => {
      files.lines.append(Buffer.from(waiting.join('')));
      waiting = [];
    };
    for (const line of consoleLinesOf(run.path, name)) {
      waiting.push(`${toJsonText(isMoved ? shifted(line, shift) : line)}\n`);
      if (waiting.length === LINES_AT_ONCE) write();
      count.boots = Math.max(count.boots, line.boot + 1);
      count.lines = Math.max(count.lines, line.index + 1);
      count.bytes = Math.max(count.bytes, line.byteOffset + 1);
    }
    write();
    const { boots, lines, bytes } = this.printedBy(to);
    printed.set(to, {
      boots: boots + count.boots,
      lines: lines + count.lines,
      // Of a run for hours the oldest bytes may have been let go, and the offsets of its lines count them.
      bytes: bytes + Math.max(sizeBytes, count.bytes),
    });
  }
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

function withPairs(plan: MergePlan, inTurns: MergeOptions['inTurns']): MergePlan {
  if (inTurns === undefined) return plan;
  const sources = plan.record.sources?.map((source) => {
    const pair = inTurns.pairOf(source.runId);
    return pair === undefined ? source : { ...source, pair };
  });
  return {
    ...plan,
    record: {
      ...plan.record,
      ...(sources === undefined ? {} : { sources }),
      ...(inTurns.with === undefined ? {} : { inTurnsWith: inTurns.with }),
    },
  };
}

function assertFree(path: string): void {
  if (isFree(path)) return;
  throw new RunError('HIL_RUN_UNMERGEABLE', `${path} is there already and not empty.`, { out: path });
}

/**
 * Makes one run of several: shards of a suite, boards of a bench, benches of a lab. Every reader takes the folder as a run.
 *
 * Turns are called `<turn id>@<run id>`, which stays so however often and with what else they are merged; sessions, boots and console lines
 * are counted on; host times are moved onto the clock of the run that began first, by the wall clock, where another machine played.
 * A board that two benches have becomes `name@bench`. Recordings are second names of the same files where the file system allows it, and
 * the runs themselves are left as they are. `run.json` says under `sources` what each was, and which of them were broken off.
 *
 * The merged run has no verdict yet: whoever merges judges it, as interrupted where a source was aborted, and stores that.
 * @returns The run as it would be read back.
 * @throws RunError `HIL_RUN_UNMERGEABLE` for a run that is named twice or is none of the same kind, and where something is in `out`
 * already; `HIL_RUN_STORE_FAILED`; what `readRun` throws. Nothing is left behind then.
 */
export function mergeRuns({ runs, out, despite, inTurns }: MergeOptions): FinishedRun {
  // What lies in the way is told ahead of reading anything.
  if (typeof out === 'string') assertFree(resolve(out));
  const plan = withPairs(
    planMerge(
      runs.map((run) => readRun(run)),
      despite,
    ),
    inTurns,
  );
  const path = typeof out === 'string' ? resolve(out) : join(resolve(out.below), plan.record.runId);
  assertFree(path);
  const aside = `${path}.${process.pid}.tmp`;
  const merger = new Merger(plan, aside);
  try {
    try {
      merger.write();
    } finally {
      merger.close();
    }
    rmSync(path, { recursive: true, force: true });
    try {
      renameSync(aside, path);
    } catch (cause) {
      throw storeFailed(path, cause);
    }
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  return readRun(path);
}
