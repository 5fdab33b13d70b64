import type { Measured } from './measured';
import { enclosingRanks } from './order-statistics';
import { quantile } from './quantile';

/** A quantile of n turns with its 95 % interval from order statistics. */
export interface QuantileEstimate {
  /** Infinity when the quantile falls among censored turns. */
  readonly valueMs: number;
  readonly lowerMs?: number;
  readonly upperMs?: number;
  /** False when n is too small for an upper bound: print the value, judge nothing. */
  readonly judged: boolean;
}

/** One measure over the turns of a run. Censored turns count as larger than every number. */
export interface Distribution {
  /** Measured and censored turns together. */
  readonly n: number;
  readonly censored: number;
  readonly notMeasured: number;
  /** Measured values in milliseconds, ascending. */
  readonly valuesMs: readonly number[];
  readonly p50?: QuantileEstimate;
  readonly p90?: QuantileEstimate;
  readonly p95?: QuantileEstimate;
  /** Infinity when a turn was censored. */
  readonly maxMs?: number;
}

/** |voice-to-voice − counted truth| over the turns that have both. */
export interface SelfCheckSummary {
  readonly n: number;
  readonly p50AbsErrorMs: number;
  readonly p95AbsErrorMs: number;
  readonly boundMs: number;
  readonly ok: boolean;
  /**
   * The same of the barge-in stop, by itself: where a reply pauses its end is not to be heard, so no bound is set to it, and the
   * stated uncertainty is what it is held against. Absent where none was measured, or by an older version.
   */
  readonly bargeInStop?: {
    readonly n: number;
    readonly p50AbsErrorMs: number;
    readonly p95AbsErrorMs: number;
    /** Errors of at most twice the stated uncertainty. */
    readonly withinTwoU: number;
  };
}

/** Fewest turns that judge a quantile (measurement.md section 8). */
const FEWEST_TURNS = { p50: 6, p90: 29, p95: 59 } as const;
const probabilities = { p50: 0.5, p90: 0.9, p95: 0.95 } as const;

function estimate(ascending: readonly number[], name: keyof typeof probabilities): QuantileEstimate {
  const ranks = enclosingRanks(ascending.length, probabilities[name]);
  const judged = ascending.length >= FEWEST_TURNS[name];
  const [lowerMs, upperMs] = [ranks.lower, ranks.upper].map((rank) =>
    rank === undefined ? undefined : ascending[rank - 1],
  );
  return {
    valueMs: quantile(ascending, probabilities[name]),
    ...(lowerMs === undefined ? {} : { lowerMs }),
    ...(upperMs === undefined || !judged ? {} : { upperMs }),
    judged,
  };
}

/**
 * One measure over many turns: quantiles by linear interpolation (type 7) with 95 % intervals from order statistics. Censored
 * turns count as Infinity; turns that were not measured are counted and left out.
 */
export function distributionOf(measured: readonly Measured[]): Distribution {
  const valuesMs = measured
    .flatMap((one) => (one.state === 'measured' ? one.valueMs : []))
    .sort((a, b) => a - b);
  const censored = measured.filter(({ state }) => state === 'censored').length;
  const ascending = [...valuesMs, ...Array.from({ length: censored }, () => Infinity)];
  const n = ascending.length;
  const counts = { n, censored, notMeasured: measured.length - n, valuesMs };
  if (n === 0) return counts;
  return {
    ...counts,
    p50: estimate(ascending, 'p50'),
    p90: estimate(ascending, 'p90'),
    p95: estimate(ascending, 'p95'),
    maxMs: ascending[n - 1] ?? Infinity,
  };
}
