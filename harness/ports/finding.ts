import type { ErrorCode, Facts, Origin } from '../errors';

/** Something that was found wrong, by a matcher or a monitor, before anybody threw. Verdicts come from findings. */
export interface Finding {
  readonly code: ErrorCode;
  readonly origin: Origin;
  readonly message: string;
  readonly facts: Facts;
  readonly hostAtMs: number;
  readonly turnId?: string;
  /** Full name of the test that was running. */
  readonly test?: string;
}
