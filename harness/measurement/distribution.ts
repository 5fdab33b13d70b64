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
}
