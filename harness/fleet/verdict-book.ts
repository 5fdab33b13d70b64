import type { Closable } from '../errors';

/** What became of a job, in brief; the rest is in its run. */
export interface BookedVerdict {
  readonly jobId: string;
  readonly firmwareSha256: string;
  /** As of a run: `pass`, `fail`, `inconclusive`, `not-judged`, `aborted`. */
  readonly outcome: string;
  readonly exitCode: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly turns: number;
  /** URI of the report. Absent: only whoever submitted the job has it. */
  readonly report?: string;
}

/** So many verdicts are kept. */
export const BOOKED = 1_000;

/** The verdicts of a fleet. */
export interface VerdictBook extends Closable {
  record(verdict: BookedVerdict): Promise<void>;
  /** The newest first, at most `count`. */
  recent(count: number): Promise<readonly BookedVerdict[]>;
}
