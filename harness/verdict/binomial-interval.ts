/** Logarithms of 0! to n!. */
function logFactorials(n: number): readonly number[] {
  const logs = [0];
  for (let k = 1; k <= n; k += 1) logs.push((logs[k - 1] ?? 0) + Math.log(k));
  return logs;
}

/** P(X ≤ successes) of a binomial variable; `logs` holds log factorials up to n. */
function cumulative(successes: number, n: number, rate: number, logs: readonly number[]): number {
  if (rate <= 0) return 1;
  if (rate >= 1) return successes >= n ? 1 : 0;
  let sum = 0;
  for (let k = 0; k <= successes; k += 1) {
    const logChoose = (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0);
    sum += Math.exp(logChoose + k * Math.log(rate) + (n - k) * Math.log1p(-rate));
  }
  return Math.min(1, sum);
}

/** The rate in 0 to 1 at which a falling function crosses `target`, to double precision. */
function whereFallsTo(target: number, falling: (rate: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (falling(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A share of turns between two one-sided bounds, 0 to 1. */
export interface RateInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Clopper–Pearson bounds of a rate, each of them one-sided at 95 %: `lower` lies above the true rate in at most 5 % of
 * runs, and so does `upper` below it. One-sided as for quantiles, so that 59 turns without a failure support 95 %.
 * @param n - Trials, at least 1.
 * @see Clopper and Pearson, Biometrika 26 (1934), 404-413.
 */
export function rateInterval(successes: number, n: number): RateInterval {
  const logs = logFactorials(n);
  const lower = successes === 0 ? 0 : whereFallsTo(0.95, (rate) => cumulative(successes - 1, n, rate, logs));
  const upper = successes === n ? 1 : whereFallsTo(0.05, (rate) => cumulative(successes, n, rate, logs));
  return { lower, upper };
}

/** Fewest trials, all of them successes, that put the lower bound at `rate` (above 0, below 1): 59 for 0.95. */
export const fewestTrialsFor = (rate: number): number => Math.ceil(Math.log(0.05) / Math.log(rate));
