import { quantile } from '../../measurement';
import type { Estimate } from '../methods/method';

/** An estimate and the truth it is held against. */
export interface Trial {
  readonly truthMs: number;
  readonly estimate: Estimate;
}

/** How far a method is off over many turns. Figures that need a number are absent without one. */
export interface ErrorStatistics {
  readonly turns: number;
  /** Turns that have a number. */
  readonly numbers: number;
  /** Share of the turns without one, 0 to 1. */
  readonly missRate: number;
  readonly medianAbsErrorMs?: number;
  readonly p95AbsErrorMs?: number;
  readonly maxAbsErrorMs?: number;
  /** Median of estimate minus truth: positive is late. */
  readonly biasMs?: number;
  /** Median of the stated standard uncertainties. */
  readonly medianUncertaintyMs?: number;
  /** Share of the numbers whose error is at most two stated uncertainties, 0 to 1. */
  readonly coverage?: number;
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** Estimate minus truth of each trial that has a number, in milliseconds, in the order of the trials. */
export const errorsOf = (trials: readonly Trial[]): number[] =>
  trials.flatMap(({ truthMs, estimate }) => ('valueMs' in estimate ? estimate.valueMs - truthMs : []));

/** Quantiles by linear interpolation of order statistics. */
export function errorStatistics(trials: readonly Trial[]): ErrorStatistics {
  const errors = errorsOf(trials);
  const turns = trials.length;
  const counts = { turns, numbers: errors.length, missRate: turns === 0 ? 0 : 1 - errors.length / turns };
  if (errors.length === 0) return counts;
  const sizes = ascending(errors.map(Math.abs));
  const stated = trials.flatMap(({ truthMs, estimate }) =>
    'valueMs' in estimate && estimate.uncertaintyMs !== undefined
      ? { uncertaintyMs: estimate.uncertaintyMs, errorMs: Math.abs(estimate.valueMs - truthMs) }
      : [],
  );
  const covered = stated.filter(({ errorMs, uncertaintyMs }) => errorMs <= 2 * uncertaintyMs);
  return {
    ...counts,
    medianAbsErrorMs: quantile(sizes, 0.5),
    p95AbsErrorMs: quantile(sizes, 0.95),
    maxAbsErrorMs: sizes.at(-1) ?? NaN,
    biasMs: quantile(ascending(errors), 0.5),
    ...(stated.length === 0
      ? {}
      : {
          medianUncertaintyMs: quantile(ascending(stated.map(({ uncertaintyMs }) => uncertaintyMs)), 0.5),
          coverage: covered.length / stated.length,
        }),
  };
}
