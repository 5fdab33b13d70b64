/** A bound that a suite sets on the latency of some of its turns; it is judged with the budgets of the run. */
export interface LatencyBound {
  /** Default: voiceToVoice. */
  readonly measure?: 'voiceToVoice' | 'questionToAnswer';
  readonly quantile: 'p50' | 'p90' | 'p95' | 'max';
  readonly boundMs: number;
  readonly turnIds: readonly string[];
  readonly hostAtMs: number;
  /** Full name of the test that was running. */
  readonly test?: string;
}
