/** 1-based ranks of the order statistics that enclose a quantile. */
export interface EnclosingRanks {
  /** Undefined when n is too small for a bound on this side. */
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/** Each bound errs with at most 5 % / 2, so both together hold with 95 %. */
const TWO_SIDED_TAIL = 0.025;
/** A one-sided 95 % bound is what judges a budget: it needs n of 59 for p95, 29 for p90 and 6 for p50. */
const ONE_SIDED_TAIL = 0.05;

/** P(X <= k) of a binomial for k = 0 … n. */
function cumulative(n: number, probability: number): number[] {
  const sums: number[] = [];
  let logTerm = n * Math.log1p(-probability);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(logTerm);
    sums.push(Math.min(1, sum));
    logTerm += Math.log((n - k) / (k + 1)) + Math.log(probability / (1 - probability));
  }
  return sums;
}

/**
 * Ranks between which the true quantile lies with 95 %, whatever the distribution: the number of values below it is binomial.
 * Where n is too small for a two-sided upper bound the maximum serves as long as it is a one-sided one; n = 20 gives the 6th and 15th
 * for the median.
 */
export function enclosingRanks(n: number, probability: number): EnclosingRanks {
  const below = cumulative(n, probability);
  // P(X_(r) > quantile) = P(fewer than r values below it).
  const lower = below.findLastIndex((chance) => chance <= TWO_SIDED_TAIL) + 1;
  // P(X_(r) < quantile) = P(at least r values below it).
  const upper = below.findIndex((chance) => 1 - chance <= TWO_SIDED_TAIL) + 1;
  const largestBounds = 1 - (below[n - 1] ?? 0) <= ONE_SIDED_TAIL;
  return {
    lower: lower >= 1 ? lower : undefined,
    upper: upper >= 1 && upper <= n ? upper : n > 0 && largestBounds ? n : undefined,
  };
}
