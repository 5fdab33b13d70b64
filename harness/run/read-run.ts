import { join } from 'node:path';
import type { z } from 'zod';
import { RunError } from '../errors';
import {
  distributionOf,
  isTextTurn,
  measureNames,
  notMeasured,
  soundMeasureNames,
  type MeasuredTurn,
} from '../measurement';
import type { Finding, LatencyBound } from '../ports';
import type { Verdict } from '../verdict';
import type { RunRecord, TestRecord } from './run-record';
import {
  boundEventSchema,
  eventSchema,
  findingEventSchema,
  runSchema,
  testEventSchema,
  turnLineSchema,
  verdictSchema,
} from './schemas';
import { checkStored, parseStored, readJournal, readText } from './stored-file';

/** One line of `events.jsonl`. */
export interface RunEvent {
  readonly seq: number;
  readonly kind: string;
  /** Absent for what belongs to no instant, such as a test's result. */
  readonly hostAtMs?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A turn as it was recorded and as it was measured then, spoken or in writing. */
export type FinishedTurn = MeasuredTurn;

/** Everything that a run folder says. Captures stay files, below `path`. */
export interface FinishedRun {
  /** The run folder, as it was given to the reader. */
  readonly path: string;
  readonly record: RunRecord;
  readonly turns: readonly FinishedTurn[];
  readonly findings: readonly Finding[];
  readonly tests: readonly TestRecord[];
  /** Bounds that suites set. */
  readonly bounds: readonly LatencyBound[];
  /** Everything else of `events.jsonl`, in order. */
  readonly events: readonly RunEvent[];
  /** Undefined for a run that never came to its end. */
  readonly verdict: Verdict | undefined;
  /** The writer was killed or the run was interrupted; what is here was recorded until then. */
  readonly aborted: boolean;
}

const own: ReadonlySet<string> = new Set(['finding', 'test', 'bound']);

const readWhole = (path: string, text: string, kind: string, shape: z.ZodType): unknown =>
  checkStored(parseStored(text, { path }), kind, shape, { path });

/** Measures that a run is older than are `not-taken`: whoever reads a run finds every one. */
function withEveryMeasure(turn: FinishedTurn): FinishedTurn {
  if (isTextTurn(turn)) return turn;
  const { record, measurement } = turn;
  const absent = soundMeasureNames.filter((name) => !(name in measurement.measures));
  if (absent.length === 0) return turn;
  const filled = Object.fromEntries(absent.map((name) => [name, notMeasured('not-taken')]));
  return { record, measurement: { ...measurement, measures: { ...filled, ...measurement.measures } } };
}

/** The same for their distributions, which then have no value of any turn that could have one. */
function withEveryDistribution(verdict: Verdict, turns: readonly FinishedTurn[]): Verdict {
  const none = (name: (typeof measureNames)[number]) =>
    distributionOf(
      turns.flatMap((turn) => (name in turn.measurement.measures ? notMeasured('not-taken') : [])),
    );
  const filled = Object.fromEntries(
    measureNames.map((name) => [name, none(name)]),
  ) as Verdict['distributions'];
  return { ...verdict, distributions: { ...filled, ...verdict.distributions } };
}

/** What a run was made of and how it ended, without its turns. */
export type RunHead = Pick<FinishedRun, 'path' | 'record' | 'verdict'>;

/** @throws RunError `HIL_RUN_NOT_FOUND`, `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED`. */
function readManifest(path: string): RunRecord {
  const runPath = join(path, 'run.json');
  const text = readText(runPath);
  if (text === undefined) {
    throw new RunError('HIL_RUN_NOT_FOUND', `There is no run in ${path}: it holds no run.json.`, { path });
  }
  return readWhole(runPath, text, 'run', runSchema) as RunRecord;
}

/** Undefined: the run never came to its end. */
function readVerdict(path: string, turns: readonly FinishedTurn[]): Verdict | undefined {
  const verdictPath = join(path, 'verdict.json');
  const text = readText(verdictPath);
  if (text === undefined) return undefined;
  return withEveryDistribution(readWhole(verdictPath, text, 'verdict', verdictSchema) as Verdict, turns);
}

/** The outcome of a run that was killed reads `aborted`. */
const ended = (stored: RunRecord): RunRecord =>
  stored.outcome === undefined ? { ...stored, outcome: 'aborted' } : stored;

/**
 * Reads of a run folder what is known without its turns: many runs are looked at side by side.
 * @throws RunError as `readRun` does.
 */
export const readRunHead = (path: string): RunHead => ({
  path,
  record: ended(readManifest(path)),
  verdict: readVerdict(path, []),
});

/** A soak took the sound of this turn away when the disk filled: nobody is to look for its files. */
function withoutSound(turn: FinishedTurn, silenced: ReadonlySet<unknown>): FinishedTurn {
  if (isTextTurn(turn) || !silenced.has(turn.record.turnId)) return turn;
  const { record, measurement } = turn;
  return { record: { ...record, capture: undefined, received: undefined, replies: [] }, measurement };
}

/**
 * Reads a run folder back. A run that was killed is whole up to its last complete line; its outcome reads `aborted`.
 * @throws RunError `HIL_RUN_NOT_FOUND`, `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED` naming file and line.
 */
export function readRun(path: string): FinishedRun {
  const stored = readManifest(path);

  const turns = readJournal(join(path, 'turns.jsonl')).map(({ value, place }) =>
    withEveryMeasure(checkStored(value, 'turn-line', turnLineSchema, place) as FinishedTurn),
  );
  const journal = readJournal(join(path, 'events.jsonl')).map(({ value, place }) => ({
    event: checkStored(value, 'event', eventSchema, place) as RunEvent,
    place,
  }));
  const dataOf = (kind: string, shape: z.ZodType): unknown[] =>
    journal
      .filter(({ event }) => event.kind === kind)
      .map(({ event, place }) => (checkStored(event, 'event', shape, place) as RunEvent).data);

  const silenced = new Set(
    journal.flatMap(({ event }) => (event.kind === 'sound-let-go' ? [event.data['turnId']] : [])),
  );
  const verdict = readVerdict(path, turns);
  const unfinished = stored.outcome === undefined;
  return {
    path,
    record: ended(stored),
    turns: turns.map(({ record, measurement }) =>
      withoutSound({ record, measurement } as FinishedTurn, silenced),
    ),
    findings: dataOf('finding', findingEventSchema) as Finding[],
    tests: dataOf('test', testEventSchema) as TestRecord[],
    bounds: dataOf('bound', boundEventSchema) as LatencyBound[],
    events: journal.map(({ event }) => event).filter(({ kind }) => !own.has(kind)),
    verdict,
    aborted: unfinished || stored.outcome === 'aborted',
  };
}
