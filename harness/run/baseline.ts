import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors';
import { armsOfTurns, type Arms, type Reference } from '../verdict';
import { replaceFile } from './append-file';
import { toJsonText } from './json-text';
import type { FinishedRun, FinishedTurn } from './read-run';
import type { Redactor } from './redaction';
import type { RunRecord } from './run-record';
import { inOrder, playedTwice } from './runs-in-order';
import { checkStored, parseStored, readText } from './stored-file';

/** Where turns come from: what a comparison needs to be alike, and what was tested. */
export type Provenance = Pick<
  RunRecord,
  'earshotVersion' | 'bench' | 'boards' | 'rig' | 'provider' | 'scenario' | 'corpus' | 'conditions'
>;

/** `earshot/baseline@1`: turns of accepted runs, with where they come from. */
export interface Baseline {
  readonly schema: 'earshot/baseline@1';
  readonly name: string;
  /** ISO 8601 with zone. */
  readonly acceptedAt: string;
  readonly runIds: readonly string[];
  readonly provenance: Provenance;
  /** Milliseconds; Infinity for an answer that never came. */
  readonly arms: Arms;
}

/** What two sets of turns may differ in besides their firmware. */
export const differenceNames = [
  'board',
  'bench',
  'rig',
  'provider',
  'scenario',
  'prompts',
  'version',
] as const;
export type DifferenceName = (typeof differenceNames)[number];

/** What two sets of turns differ in, as a person would name it. */
export interface Difference {
  readonly what: DifferenceName;
  readonly baseline: string;
  readonly run: string;
}

const number = z.custom<number>((value) => typeof value === 'number', 'expected a number');
const turn = z.looseObject({ valueMs: number, session: z.string(), stratum: z.string() });
const baselineSchema = z.looseObject({
  name: z.string(),
  acceptedAt: z.string(),
  runIds: z.array(z.string()),
  provenance: z.looseObject({
    earshotVersion: z.string(),
    bench: z.looseObject({ name: z.string() }),
    boards: z.array(
      z.looseObject({ name: z.string(), model: z.string(), dialect: z.looseObject({ name: z.string() }) }),
    ),
    rig: z.looseObject({ name: z.string(), topology: z.string(), rateHz: number }).optional(),
    provider: z.looseObject({ name: z.string(), protocol: z.string(), way: z.string().optional() }),
    scenario: z.looseObject({ name: z.string(), sha256: z.string() }),
    corpus: z.looseObject({ sha256: z.string() }),
  }),
  arms: z.record(z.string(), z.array(turn)),
});

/** A file of baselines is read whole; one of 600 turns and every measure has 0.5 MB. */
const LARGEST_BYTES = 64 * 1024 * 1024;

function provenanceOf({ record }: FinishedRun): Provenance {
  const { earshotVersion, bench, boards, rig, provider, scenario, corpus, conditions } = record;
  return {
    earshotVersion,
    bench,
    boards,
    ...(rig === undefined ? {} : { rig }),
    provider,
    scenario,
    corpus,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** `openai_demo 1.4.2 9f3b0c6d11`, of each board. */
export const firmwareInWords = ({ boards }: Pick<Provenance, 'boards'>): string =>
  boards
    .map(({ firmware }) => [firmware?.project, firmware?.version, firmware?.elfSha256Prefix].join(' ').trim())
    .filter((text) => text !== '')
    .join(', ') || 'firmware unknown';

/** Digest in short, as people compare them. */
const short = (sha256: string): string => sha256.slice(0, 12);

/** Measures may change with the second number while the first is 0, and with the first from then on. */
const compatible = (version: string): string =>
  version
    .split('.')
    .slice(0, version.startsWith('0.') ? 2 : 1)
    .join('.');

/** What a rig is of both: which card it has is compared where it is known of either, virtual ones and older runs say none. */
function rigInWords({ rig }: Provenance, { rig: other }: Provenance): string {
  if (rig === undefined) return 'none';
  const card = other?.card === undefined ? undefined : rig.card?.stableId;
  const on = card === undefined ? '' : ` on ${card}`;
  return `${rig.name} (${rig.topology}, ${rig.rateHz} Hz)${on}`;
}

const facets: Readonly<Record<DifferenceName, (of: Provenance, other: Provenance) => string>> = {
  board: ({ boards }) =>
    boards.map(({ name, model, dialect }) => `${name} (${model}, ${dialect.name})`).join(', '),
  // Of several, in whatever order their runs began.
  bench: ({ bench }) => bench.name.split(', ').sort().join(', '),
  rig: rigInWords,
  provider: ({ provider }) => `${provider.name} (${provider.way ?? provider.protocol})`,
  scenario: ({ scenario }) => `${scenario.name} (${short(scenario.sha256)})`,
  // In noise or a room they are other prompts.
  prompts: ({ corpus, conditions }) =>
    short(corpus.sha256) + (conditions === undefined ? '' : ` with ${JSON.stringify(conditions)}`),
  version: ({ earshotVersion }) => compatible(earshotVersion),
};

/** Everything but the firmware in which turns of `run` may not be held against those of `baseline`; empty: they may. */
export const differencesBetween = (baseline: Provenance, run: Provenance): Difference[] =>
  differenceNames
    .map((what) => ({ what, baseline: facets[what](baseline, run), run: facets[what](run, baseline) }))
    .filter((one) => one.baseline !== one.run);

const inWords = (differences: readonly Difference[]): string =>
  differences.map(({ what, baseline, run }) => `${what} is ${run}, not ${baseline}`).join('; ');

/**
 * Several runs of the same firmware on the same bench as one run, which has the record of the one that began first: turns `2/t0003` in the
 * order in which they began, sessions of their own, every finding. One run stays as it is.
 * @throws RunError `HIL_BASELINE_DIFFERENT` where they are not alike, the firmware included; `HIL_BASELINE_UNFIT` for turns that would count twice,
 * and for soaks and runs in turns with another image, which are judged by themselves.
 */
export function joinRuns(named: readonly [FinishedRun, ...FinishedRun[]]): FinishedRun {
  const runs = inOrder(named);
  const [first = named[0]] = runs;
  const twice = playedTwice(runs);
  if (twice !== undefined) {
    const message = `Run ${twice} would be in it twice; its turns would count as twice as many.`;
    throw new RunError('HIL_BASELINE_UNFIT', message, { runId: twice });
  }
  if (runs.length === 1) return first;
  assertJoinable(runs);
  let sessions = 0;
  const parts = runs.map((run, index): FinishedRun => {
    assertAlike(first, run);
    const idOf = (turnId: string): string => `${index + 1}/${turnId}`;
    const before = sessions;
    sessions += 1 + Math.max(0, ...run.turns.map(({ record }) => record.session));
    return {
      ...run,
      turns: run.turns.map(
        ({ record, measurement }) =>
          ({
            record: { ...record, turnId: idOf(record.turnId), session: before + record.session },
            measurement: { ...measurement, turnId: idOf(measurement.turnId) },
          }) as FinishedTurn,
      ),
      findings: run.findings.map((finding) =>
        finding.turnId === undefined ? finding : { ...finding, turnId: idOf(finding.turnId) },
      ),
      bounds: run.bounds.map((bound) => ({ ...bound, turnIds: bound.turnIds.map(idOf) })),
      tests: run.tests.map((test) => ({ ...test, turnIds: test.turnIds.map(idOf) })),
    };
  });
  return {
    ...first,
    turns: parts.flatMap(({ turns }) => turns),
    findings: parts.flatMap(({ findings }) => findings),
    bounds: parts.flatMap(({ bounds }) => bounds),
    tests: parts.flatMap(({ tests }) => tests),
    aborted: parts.some(({ aborted }) => aborted),
  };
}

/** Of some runs a part would be gone if they were taken with others, and what it found with it. */
function assertJoinable(runs: readonly FinishedRun[]): void {
  const soak = runs.find(({ record }) => record.soak !== undefined)?.record.runId;
  if (soak !== undefined) {
    const message = `Run ${soak} is a soak; what its board loses is judged of one soak by itself.`;
    throw new RunError('HIL_BASELINE_UNFIT', message, { runId: soak });
  }
  const inTurns = runs.find(({ record }) => record.inTurnsWith !== undefined)?.record.runId;
  if (inTurns !== undefined) {
    const message = `Run ${inTurns} was played in turns with another image; it is judged against that one, by itself.`;
    throw new RunError('HIL_BASELINE_UNFIT', message, { runId: inTurns });
  }
}

function assertAlike(first: FinishedRun, run: FinishedRun): void {
  const [one, other] = [provenanceOf(first), provenanceOf(run)];
  const differences = differencesBetween(one, other);
  const [before, now] = [firmwareInWords(one), firmwareInWords(other)];
  if (differences.length === 0 && before === now) return;
  const said = differences.length > 0 ? inWords(differences) : `firmware is ${now}, not ${before}`;
  const { runId } = run.record;
  throw new RunError(
    'HIL_BASELINE_DIFFERENT',
    `Run ${runId} is not like run ${first.record.runId}: ${said}.`,
    { runId, differences },
  );
}

/**
 * A baseline of finished runs.
 * @param unfit - Take runs whose outcome says that they are no yardstick all the same.
 * @throws RunError `HIL_BASELINE_UNFIT` for a run that failed, was not judged or was broken off, or in which nothing was measured;
 * `HIL_BASELINE_DIFFERENT` where the runs are not alike.
 */
export function baselineOf(
  runs: readonly [FinishedRun, ...FinishedRun[]],
  {
    name,
    acceptedAt,
    unfit = false,
  }: { readonly name: string; readonly acceptedAt: string; readonly unfit?: boolean },
): Baseline {
  for (const { record } of runs) {
    const { runId, outcome = 'aborted', why = 'it never came to its end.' } = record;
    if (unfit || outcome === 'pass' || outcome === 'inconclusive') continue;
    const message = `Run ${runId} is no yardstick, its outcome is ${outcome}: ${why}`;
    throw new RunError('HIL_BASELINE_UNFIT', message, { runId, outcome });
  }
  const whole = joinRuns(runs);
  const arms = armsOfTurns(whole.turns, whole.findings);
  if (Object.keys(arms).length === 0) {
    const { runId } = whole.record;
    throw new RunError('HIL_BASELINE_UNFIT', `Run ${runId} has no turn with a latency.`, { runId });
  }
  return {
    schema: 'earshot/baseline@1',
    name,
    acceptedAt,
    runIds: runs.map(({ record }) => record.runId),
    provenance: provenanceOf(whole),
    arms,
  };
}

/** `the baseline korvo-mock of 2026-11-21 (openai_demo 1.4.2)`. */
export const baselineTitle = ({ name, acceptedAt, provenance }: Baseline): string =>
  `the baseline ${name} of ${acceptedAt.slice(0, 10)} (${firmwareInWords(provenance)})`;

/**
 * What a run is judged by against a baseline.
 * @param despite - Differences that are known and borne.
 * @throws RunError `HIL_BASELINE_DIFFERENT` naming every other one.
 */
export function referenceOf(
  baseline: Baseline,
  run: FinishedRun,
  { marginMs, despite = [] }: { readonly marginMs: number; readonly despite?: readonly DifferenceName[] },
): Reference {
  const differences = differencesBetween(baseline.provenance, provenanceOf(run)).filter(
    ({ what }) => !despite.includes(what),
  );
  if (differences.length > 0) {
    const message = `Run ${run.record.runId} cannot be held against ${baselineTitle(baseline)}: ${inWords(differences)}.`;
    throw new RunError('HIL_BASELINE_DIFFERENT', message, { runId: run.record.runId, differences });
  }
  return { title: baselineTitle(baseline), arms: baseline.arms, marginMs };
}

/**
 * @throws RunError `HIL_BASELINE_NOT_FOUND`; `HIL_RUN_DAMAGED`, `HIL_RUN_TOO_NEW` naming the file and what is wrong with it.
 */
export function readBaseline(path: string): Baseline {
  const text = readText(path, LARGEST_BYTES);
  if (text === undefined)
    throw new RunError('HIL_BASELINE_NOT_FOUND', `There is no baseline ${path}.`, { path });
  return checkStored(parseStored(text, { path }), 'baseline', baselineSchema, { path }) as Baseline;
}

/** Writes a baseline whole or not at all. @throws RunError `HIL_RUN_STORE_FAILED`. */
export function storeBaseline(path: string, baseline: Baseline, redactor: Redactor): void {
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, `${toJsonText(redactor.value(baseline), 1)}\n`);
}

/** Paths of the baselines of a folder, by name; none where there is no such folder. */
export function baselinePaths(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
