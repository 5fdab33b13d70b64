import type { Finding, LossBounds, SoakBounds, SoakPlan } from '../../ports';
import { FEWEST_SAMPLES, judgeDrift, thinned, type DriftJudgement } from './judge-drift';
import type { JournalEvent, SoakCounts, SoakSample, SoakSeriesName } from './soak-series';
import { soakSeries } from './soak-series';
import type { JudgedTurn } from '../turn-outcome';
import { theilSen, type TheilSenSlope } from './theil-sen';

const HOUR_MS = 3_600_000;
/** What a chart is drawn of, at most. */
const MOST_DRAWN = 240;

/** A bound on what a memory loses, against the soak. */
export interface LossResult {
  readonly per: 'hour' | 'turn';
  /** Bytes. */
  readonly bound: number;
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'not-judged';
  /** Bytes, with the ends of the 95 % interval. Absent: too few samples. */
  readonly loss?: { readonly value: number; readonly lower: number; readonly upper: number };
  /** One sentence. */
  readonly why: string;
}

/** How one thing changed over a soak. */
export interface SoakTrend {
  readonly name: SoakSeriesName;
  readonly title: string;
  readonly unit: 'bytes' | '%' | 'ms';
  readonly samples: number;
  /** Of those, behind the warm-up. */
  readonly used: number;
  /** How much more it was with each hour, by those. Absent: too few. */
  readonly perHour?: TheilSenSlope;
  readonly bounds: readonly LossResult[];
  /** Medians of neighbours: milliseconds from the beginning of the soak, value. For pictures. */
  readonly drawn: readonly (readonly [atMs: number, value: number])[];
}

export interface SoakVerdict {
  readonly plannedMs: number;
  readonly elapsedMs: number;
  readonly pattern: SoakPlan['pattern'];
  readonly counts: SoakCounts;
  /** Those that there are samples of; memory that is bound always. */
  readonly trends: readonly SoakTrend[];
}

export interface SoakInput {
  readonly plan: SoakPlan;
  readonly startedAtHostMs: number;
  /** How long it was played, all parts together. */
  readonly elapsedMs: number;
  readonly events: readonly JournalEvent[];
}

const about: Readonly<Record<SoakSeriesName, Pick<SoakTrend, 'title' | 'unit'>>> = {
  internal: { title: 'Free internal RAM', unit: 'bytes' },
  psram: { title: 'Free PSRAM', unit: 'bytes' },
  idle0: { title: 'Idle share of core 0', unit: '%' },
  idle1: { title: 'Idle share of core 1', unit: '%' },
  voiceToVoice: { title: 'Voice-to-voice', unit: 'ms' },
  questionToAnswer: { title: 'Question to answer', unit: 'ms' },
};
const names = Object.keys(about) as SoakSeriesName[];

/**
 * What a soak may lose where nobody says. A board with 170 kB of internal RAM free runs dry within a week at 1 KiB an hour; with 2.7 MB of
 * PSRAM at 16 KiB.
 */
export const defaultSoakBounds: SoakBounds = {
  internal: { bytesPerHour: 1_024 },
  psram: { bytesPerHour: 16_384 },
};

const bytes = (value: number): string =>
  Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));

/** One sentence of what came of a bound. */
function inWords(
  title: string,
  result: Omit<LossResult, 'why'>,
  because: DriftJudgement['because'],
  used: number,
): string {
  const { per, bound, loss } = result;
  const limit = `${bytes(bound)} bytes per ${per} matter`;
  if (loss === undefined)
    return `${title}: ${used} samples behind the warm-up, ${FEWEST_SAMPLES} are needed; ${limit}.`;
  const seen = `${title} shrinks by ${bytes(loss.value)} bytes per ${per} (95 % interval ${bytes(loss.lower)} to ${bytes(loss.upper)}, ${used} samples)`;
  const more: Readonly<Record<DriftJudgement['because'], string>> = {
    interval: '',
    once: ', all of it at once: it does not go on',
    'not-throughout': ', in some parts of the soak only',
    'too-few': '',
  };
  return `${seen}${more[because]}; ${limit}.`;
}

function judgeLoss(
  title: string,
  samples: readonly SoakSample[],
  { bytesPerHour, bytesPerTurn }: LossBounds,
  isBound: boolean,
): LossResult[] {
  const used = samples.filter(({ isWarm }) => isWarm);
  const judge = (per: LossResult['per'], bound: number, xOf: (sample: SoakSample) => number): LossResult => {
    // What firmware does not print can be held against nobody, unless somebody asked for it.
    if (samples.length === 0 && !isBound)
      return { per, bound, outcome: 'not-judged', why: `${title}: the firmware printed no sample.` };
    const points = used.map((sample) => ({ x: xOf(sample), y: sample.value, group: sample.boot }));
    const { outcome, loss, because } = judgeDrift(points, bound);
    const result = { per, bound, outcome, ...(loss === undefined ? {} : { loss }) };
    return { ...result, why: inWords(title, result, because, used.length) };
  };
  return [
    ...(bytesPerHour === undefined ? [] : [judge('hour', bytesPerHour, ({ atMs }) => atMs / HOUR_MS)]),
    ...(bytesPerTurn === undefined ? [] : [judge('turn', bytesPerTurn, ({ turns }) => turns)]),
  ];
}

function trendOf(
  name: SoakSeriesName,
  samples: readonly SoakSample[],
  losses: SoakBounds,
  isBound: boolean,
): SoakTrend {
  const { title, unit } = about[name];
  const used = samples.filter(({ isWarm }) => isWarm);
  const points = (of: readonly SoakSample[]) =>
    of.map(({ atMs, value, boot }) => ({ x: atMs, y: value, group: boot }));
  const slope =
    used.length < FEWEST_SAMPLES
      ? undefined
      : theilSen(thinned(points(used), 120).map((point) => ({ ...point, x: point.x / HOUR_MS })));
  const bounds = name === 'internal' || name === 'psram' ? losses[name] : {};
  return {
    name,
    title,
    unit,
    samples: samples.length,
    used: used.length,
    ...(slope === undefined ? {} : { perHour: slope }),
    bounds: judgeLoss(title, samples, bounds, isBound),
    drawn: thinned(points(samples), MOST_DRAWN).map(({ x, y }) => [Math.round(x), y] as const),
  };
}

/**
 * What a soak saw over its time, and whether the board loses memory.
 * @param memory - Of a budgets file, in place of the bounds that the soak was begun with; those of its command line stay.
 */
export function judgeSoak(
  { plan, startedAtHostMs, elapsedMs, events }: SoakInput,
  turns: readonly JudgedTurn[],
  memory?: SoakBounds,
): SoakVerdict {
  const isBound = plan.isBound || memory !== undefined;
  const { internal } = plan.bounds;
  const bounds =
    memory === undefined ? plan.bounds : plan.isCommanded === true ? { ...memory, internal } : memory;
  const { counts, series } = soakSeries(events, turns, { startedAtHostMs, plannedMs: plan.forMs });
  return {
    plannedMs: plan.forMs,
    elapsedMs,
    pattern: plan.pattern,
    counts,
    trends: names
      .map((name) => trendOf(name, series[name], bounds, isBound))
      .filter(({ samples, bounds }) => samples > 0 || bounds.length > 0),
  };
}

/** All bounds of a soak. */
export const lossesOf = (soak: SoakVerdict | undefined): readonly LossResult[] =>
  (soak?.trends ?? []).flatMap(({ bounds }) => bounds);

/** A finding against the board for each memory that leaks. */
export const findingsOfSoak = (soak: SoakVerdict | undefined, hostAtMs: number): Finding[] =>
  (soak?.trends ?? []).flatMap(({ name, bounds }) =>
    bounds
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ per, bound, loss, why }) => ({
        code: 'HIL_BOARD_LEAK' as const,
        origin: 'board' as const,
        message: why,
        facts: { memory: name, per, boundBytes: bound, ...loss },
        hostAtMs,
      })),
  );
