import type { Target } from '../accuracy/targets';

/** What a long job ends with: `reports/long/<job>.json`. */
export interface LongReport {
  readonly targets: readonly Target[];
  /** What else was counted. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Work of minutes or hours, in parts that are kept when it is interrupted. */
export interface LongJob {
  /** Of its file: kebab-case. */
  readonly name: string;
  readonly title: string;
  /** Everything that decides the results: options, sources, fixtures. Parts with another key are done again. */
  readonly key: string;
  /** Names of the parts, in order; each is a file name. */
  readonly parts: readonly string[];
  /** Does one part. The result has to be JSON. Rejects when the signal says so. */
  run(part: string, signal: AbortSignal): Promise<unknown>;
  /** Makes the report of all parts' results. */
  finish(results: ReadonlyMap<string, unknown>): LongReport;
}
