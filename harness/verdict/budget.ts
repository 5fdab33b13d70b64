import { measures, turnKindTitles, type Distribution, type MeasureName, type TurnKind } from '../measurement';
import { fewestTrialsFor, rateInterval } from './binomial-interval';
import type { BudgetResult } from './verdict';

export type BudgetQuantile = 'p50' | 'p90' | 'p95' | 'max';

/** Milliseconds for a sentence; beyond every number is said in words, since a censored turn has no value. */
const inWords = (valueMs: number): string =>
  Number.isFinite(valueMs) ? `${valueMs.toFixed(1)} ms` : 'above every number';

const onBoards = (boards: readonly string[] | undefined): string =>
  boards === undefined ? '' : ` on ${boards.join(', ')}`;

/**
 * Judges one bound of one measure. A quantile passes when the upper end of its 95 % interval lies inside the bound, fails
 * when the lower end lies outside, and is inconclusive in between; with too few turns for an upper end it is `not-judged`,
 * which does not by itself make the run inconclusive. `max` is a limit on every single turn and needs no interval.
 * @param kind - The turns that `distribution` is of; default: all.
 * @param boards - The boards that it is of; default: all.
 */
export function judgeQuantile(
  measure: MeasureName,
  quantile: BudgetQuantile,
  boundMs: number,
  distribution: Distribution,
  kind?: TurnKind,
  boards?: readonly string[],
): BudgetResult {
  const { n } = distribution;
  const ofKind = { ...(kind === undefined ? {} : { kind }), ...(boards === undefined ? {} : { boards }) };
  const base = { measure, ...ofKind, quantile, bound: boundMs, unit: 'ms' } as const;
  const title = `${measures[measure].title} ${quantile}${kind === undefined ? '' : ` of ${turnKindTitles[kind]}`}${onBoards(boards)}`;
  if (quantile === 'max') {
    const value = distribution.maxMs;
    if (n === 0 || value === undefined) {
      return { ...base, value: undefined, outcome: 'not-judged', why: `${title}: no turn has a value.` };
    }
    const outcome = value <= boundMs ? 'pass' : 'fail';
    return {
      ...base,
      value,
      outcome,
      why: `${title} is ${inWords(value)} at n = ${n}, limit ${boundMs} ms.`,
    };
  }
  const estimate = distribution[quantile];
  if (estimate === undefined) {
    return { ...base, value: undefined, outcome: 'not-judged', why: `${title}: not judged at n = ${n}.` };
  }
  const value = estimate.valueMs;
  if (!estimate.judged) {
    const why = `${title} is ${inWords(value)}, budget ${boundMs} ms: not judged at n = ${n}.`;
    return { ...base, value, outcome: 'not-judged', why };
  }
  const lowerMs = estimate.lowerMs ?? -Infinity;
  const upperMs = estimate.upperMs ?? Infinity;
  const outcome = upperMs <= boundMs ? 'pass' : lowerMs > boundMs ? 'fail' : 'inconclusive';
  const range = Number.isFinite(upperMs)
    ? `${inWords(lowerMs)} to ${inWords(upperMs)}`
    : `from ${inWords(lowerMs)} up, censored turns included`;
  const interval = `95 % interval ${range}, n = ${n}`;
  const why = `${title} is ${inWords(value)} (${interval}), budget ${boundMs} ms.`;
  return { ...base, value, outcome, why };
}

const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`;

/**
 * Judges the share of passed turns among the judged ones by its Clopper–Pearson bounds. A bound of 1 asks for every turn, no
 * interval can show that, so it is read as a limit: one failed turn fails it. Too few turns to ever pass end as `not-judged`.
 */
export function judgeSuccessRate(
  bound: number,
  passed: number,
  judged: number,
  boards?: readonly string[],
): BudgetResult {
  const ofBoards = boards === undefined ? {} : { boards };
  const base = { measure: 'successRate', ...ofBoards, bound, unit: 'ratio' } as const;
  const title = `Success rate${onBoards(boards)}`;
  if (judged === 0) {
    return { ...base, value: undefined, outcome: 'not-judged', why: `${title}: no turn was judged.` };
  }
  const value = passed / judged;
  const share = `${title} is ${percent(value)} (${passed} of ${judged} turns`;
  if (bound >= 1) {
    const outcome = passed === judged ? 'pass' : 'fail';
    return { ...base, value, outcome, why: `${share}), every turn has to pass.` };
  }
  const { lower, upper } = rateInterval(passed, judged);
  const why = `${share}, 95 % bounds ${percent(lower)} to ${percent(upper)}), budget ${percent(bound)}`;
  if (lower >= bound) return { ...base, value, outcome: 'pass', why: `${why}.` };
  if (upper < bound) return { ...base, value, outcome: 'fail', why: `${why}.` };
  const fewest = fewestTrialsFor(bound);
  if (judged < fewest) {
    const missing = `not judged at n = ${judged}, ${fewest} turns are needed`;
    return { ...base, value, outcome: 'not-judged', why: `${why}: ${missing}.` };
  }
  return { ...base, value, outcome: 'inconclusive', why: `${why}: more turns are needed.` };
}
