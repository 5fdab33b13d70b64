import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RunError } from '../errors';
import { differencesBetween, type DifferenceName } from './baseline';
import type { FinishedRun } from './read-run';
import { createRunId } from './run-id';
import { soakElapsedMs } from './soak-of';
import { inOrder, playedTwice, wallMs } from './runs-in-order';
import type { LetGo, RunRecord, RunSource } from './run-record';

type BoardRecord = RunRecord['boards'][number];

/** A run that is to be merged, and what becomes of its names and times. */
export interface MergePart {
  readonly run: FinishedRun;
  /** Its host times become this much larger: those of the first run are the clock of all. 0 on one machine. */
  readonly hostOffsetMs: number;
  /** What each of its boards is called in the merged run. */
  readonly boardNames: ReadonlyMap<string, string>;
  /** Whether it was merged itself, so that its turns and files are named for their runs already. */
  readonly merged: boolean;
}

export interface MergePlan {
  /** Without an end. */
  readonly record: RunRecord;
  /** In the order in which the runs began. */
  readonly parts: readonly MergePart[];
}

/** Without these alike, latencies of two runs are not of one kind; boards and rigs may differ. */
const sharedFacets: readonly DifferenceName[] = ['provider', 'scenario', 'prompts', 'version'];

/** Wall clocks that are set by NTP agree to far less, and monotonic clocks of two machines practically never do. */
const SAME_CLOCK_MS = 1_000;

const unmergeable = (message: string, facts: Readonly<Record<string, unknown>>): RunError =>
  new RunError('HIL_RUN_UNMERGEABLE', message, facts);

const schemaMajorOf = ({ schema }: RunRecord): string => (schema as string).split('@')[1] ?? '';

function assertMergeable(runs: readonly FinishedRun[], despite: readonly DifferenceName[]): void {
  const [first] = runs;
  if (first === undefined) throw unmergeable('There is no run to merge.', {});
  const twice = playedTwice(runs);
  if (twice !== undefined) {
    const message = `Run ${twice} would be in it twice; its turns would count as twice as many.`;
    throw unmergeable(message, { runId: twice });
  }
  const inTurns = runs.find(({ record }) => record.inTurnsWith !== undefined)?.record.runId;
  if (inTurns !== undefined) {
    const message = `Run ${inTurns} was played in turns with another image, beside whose run it is judged; it cannot be merged on.`;
    throw unmergeable(message, { runId: inTurns });
  }
  for (const { record } of runs) {
    const { runId } = record;
    const against = first.record.runId;
    const [before, now] = [schemaMajorOf(first.record), schemaMajorOf(record)];
    if (before !== now) {
      const message = `Run ${runId} is stored as earshot/run@${now}, run ${against} as @${before}.`;
      throw unmergeable(message, { runId, against, schema: record.schema });
    }
    const differences = differencesBetween(first.record, record).filter(
      ({ what }) => sharedFacets.includes(what) && !despite.includes(what),
    );
    if (differences.length > 0) {
      const said = differences.map(({ what, baseline, run }) => `${what} is ${run}, not ${baseline}`);
      const message = `Run ${runId} is not like run ${against}: ${said.join('; ')}.`;
      throw unmergeable(message, { runId, against, differences });
    }
  }
}

/** A board as its bench calls it, and the bench. */
interface Place {
  readonly name: string;
  readonly bench: string;
}

function placeOf(board: BoardRecord, record: RunRecord): Place {
  const bench = board.bench ?? record.bench.name;
  const suffix = `@${bench}`;
  return { name: board.name.endsWith(suffix) ? board.name.slice(0, -suffix.length) : board.name, bench };
}

const firmwareInWords = ({ firmware }: BoardRecord): string =>
  [firmware?.version, firmware?.elfSha256Prefix].join(' ').trim();

/** One verdict is of one release: boards of one model that print the same project have to print the same version. */
function assertOneRelease(boards: readonly BoardRecord[]): void {
  const seen = new Map<string, BoardRecord>();
  for (const board of boards) {
    if (board.firmware === undefined) continue;
    const kind = JSON.stringify([board.model, board.firmware.project]);
    const other = seen.get(kind) ?? board;
    seen.set(kind, other);
    const [before, now] = [firmwareInWords(other), firmwareInWords(board)];
    if (before === now) continue;
    const message = `The firmware of ${board.name} is ${now}, that of ${other.name} is ${before}; a verdict is of one release.`;
    throw unmergeable(message, { boards: [other.name, board.name], firmware: [before, now] });
  }
}

/** Every board once, by the name that it has in the merged run. */
function boardsOf(runs: readonly FinishedRun[]): {
  readonly boards: readonly BoardRecord[];
  readonly nameOf: (board: BoardRecord, record: RunRecord) => string;
} {
  const all = runs.flatMap(({ record }) => record.boards.map((board) => placeOf(board, record)));
  const nameOf = (board: BoardRecord, record: RunRecord): string => {
    const { name, bench } = placeOf(board, record);
    const elsewhere = all.some((other) => other.name === name && other.bench !== bench);
    return elsewhere ? `${name}@${bench}` : name;
  };
  assertOneRelease(runs.flatMap(({ record }) => record.boards));
  const boards = new Map<string, BoardRecord>();
  for (const { record } of runs) {
    for (const board of record.boards) {
      const name = nameOf(board, record);
      const known = boards.get(name);
      if (known !== undefined && (known.model !== board.model || known.dialect.name !== board.dialect.name)) {
        const kinds = [known, board].map(({ model, dialect }) => `${model} (${dialect.name})`);
        const message = `Board ${name} is ${kinds.join(' in one run and ')} in another; give one of the benches another name.`;
        throw unmergeable(message, { board: name, kinds });
      }
      const firmware = known?.firmware ?? board.firmware;
      const { bench } = placeOf(board, record);
      boards.set(name, { ...board, name, bench, ...(firmware === undefined ? {} : { firmware }) });
    }
  }
  return { boards: [...boards.values()], nameOf };
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

/** One rig stays as it is; several have their names joined, with what the first of them says: each is in `sources`. */
function rigOf(records: readonly RunRecord[]): Pick<RunRecord, 'rig'> {
  const rigs = records.flatMap(({ rig }) => rig ?? []);
  const [first] = rigs;
  if (first === undefined) return {};
  if (rigs.every((rig) => JSON.stringify(rig) === JSON.stringify(first))) return { rig: first };
  const { topology, rateHz } = first;
  return { rig: { name: unique(rigs.map(({ name }) => name)).join(', '), topology, rateHz } };
}

/** One provider stays as it is; several have their words joined: each is in `sources`. */
function providerOf(records: readonly RunRecord[]): RunRecord['provider'] {
  const providers = records.map(({ provider }) => provider);
  const joined = (words: readonly string[]): string => unique(words).join(', ');
  const ways = providers.flatMap(({ way }) => way ?? []);
  return {
    name: joined(providers.map(({ name }) => name)),
    protocol: joined(providers.map(({ protocol }) => protocol)),
    ...(ways.length === 0 ? {} : { way: joined(ways) }),
  };
}

function sourcesOf({ run, hostOffsetMs, boardNames }: MergePart): readonly RunSource[] {
  const { record, turns, aborted } = run;
  const renamed = (name: string): string => boardNames.get(name) ?? name;
  if (record.sources !== undefined) {
    return record.sources.map((source) => ({
      ...source,
      boards: source.boards.map(renamed),
      hostOffsetMs: source.hostOffsetMs + hostOffsetMs,
    }));
  }
  const { runId, earshotVersion, startedAt, startedAtHostMs, endedAtHostMs, bench, rig, provider } = record;
  const { outcome, why } = record;
  return [
    {
      runId,
      earshotVersion,
      startedAt,
      startedAtHostMs: startedAtHostMs + hostOffsetMs,
      ...(endedAtHostMs === undefined ? {} : { endedAtHostMs: endedAtHostMs + hostOffsetMs }),
      hostOffsetMs,
      bench,
      boards: record.boards.map(({ name }) => renamed(name)),
      ...(rig === undefined ? {} : { rig }),
      provider,
      turns: turns.length,
      aborted,
      ...(outcome === undefined ? {} : { outcome }),
      ...(why === undefined ? {} : { why }),
    },
  ];
}

/** The same runs merged again have the same id; longer than the tail of a played run, so that it is none of theirs. */
const digestOf = (runIds: readonly string[]): Buffer =>
  createHash('sha256')
    .update([...runIds].sort().join('\n'))
    .digest()
    .subarray(0, 4);

/**
 * What a board lost is judged over one soak: with other runs in between, or those of another soak, nobody could tell, and a leak that was
 * found would be gone. Parts that each go on with the one before are one soak.
 */
function assertOneSoak(runs: readonly FinishedRun[]): void {
  if (!runs.some(({ record }) => record.soak !== undefined)) return;
  const waiting = new Set(runs.flatMap(({ record, path }) => [record.runId, basename(path)]));
  const [first, other] = runs.filter(({ record }) => {
    const { continues } = record.soak ?? {};
    // Two that go on with the same one are two soaks.
    return continues === undefined || !waiting.delete(basename(continues));
  });
  if (first === undefined || other === undefined) return;
  const [one, two] = [first.record.runId, other.record.runId];
  const message = `Runs ${one} and ${two} are not one soak; what a board loses is judged of one, played at once or with --resume.`;
  throw unmergeable(message, { runIds: [one, two] });
}

/** Parts of one soak are one soak. */
function soakOfParts(runs: readonly FinishedRun[]): Pick<RunRecord, 'soak'> {
  const soaks = runs.flatMap(({ record }) => record.soak ?? []);
  const last = soaks.at(-1);
  if (last === undefined) return {};
  const { forMs, pattern, bounds, isBound, isCommanded, keepEvery } = last;
  const letGo = soaks.flatMap((soak) => soak.letGo ?? []);
  const sum = (of: (one: LetGo) => number): number => letGo.reduce((total, one) => total + of(one), 0);
  return {
    soak: {
      forMs,
      // Each part says what those before it had played, unless it was merged itself.
      playedMs: runs.reduce(
        (sum, run) =>
          sum +
          soakElapsedMs(run) -
          (run.record.sources === undefined ? (run.record.soak?.playedMs ?? 0) : 0),
        0,
      ),
      pattern,
      bounds,
      isBound,
      ...(isCommanded === undefined ? {} : { isCommanded }),
      keepEvery,
      ...(letGo[0] === undefined
        ? {}
        : {
            letGo: {
              rule: letGo[0].rule,
              turns: sum(({ turns }) => turns),
              soundBytes: sum(({ soundBytes }) => soundBytes),
              consoleBytes: sum(({ consoleBytes }) => consoleBytes),
            },
          }),
    },
  };
}

/**
 * What becomes of runs that are merged, whatever the order in which they are named.
 * @param despite - Differences that are known and borne.
 * @throws RunError `HIL_RUN_UNMERGEABLE`.
 */
export function planMerge(named: readonly FinishedRun[], despite: readonly DifferenceName[] = []): MergePlan {
  const runs = inOrder(named);
  assertMergeable(runs, despite);
  assertOneSoak(runs);
  const records = runs.map(({ record }) => record);
  const [first] = records;
  if (first === undefined) throw unmergeable('There is no run to merge.', {});
  const { boards, nameOf } = boardsOf(runs);
  const parts = runs.map((run): MergePart => {
    const { record } = run;
    const offsetMs = wallMs(record) - wallMs(first) - (record.startedAtHostMs - first.startedAtHostMs);
    return {
      run,
      hostOffsetMs: Math.abs(offsetMs) < SAME_CLOCK_MS ? 0 : offsetMs,
      boardNames: new Map(record.boards.map((board) => [board.name, nameOf(board, record)])),
      merged: record.sources !== undefined,
    };
  });
  const sources = parts.flatMap(sourcesOf);
  const { bench, earshotVersion, startedAt, startedAtHostMs, scenario, corpus, conditions } = first;
  return {
    parts,
    record: {
      schema: first.schema,
      runId: createRunId(startedAt, digestOf(sources.map(({ runId }) => runId))),
      earshotVersion,
      startedAt,
      startedAtHostMs,
      bench: { ...bench, name: unique(sources.map((source) => source.bench.name)).join(', ') },
      boards,
      ...rigOf(records),
      provider: providerOf(records),
      scenario,
      corpus,
      ...(conditions === undefined ? {} : { conditions }),
      faults: unique(records.flatMap(({ faults }) => faults)),
      ...soakOfParts(runs),
      sources,
    },
  };
}
