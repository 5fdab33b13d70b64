import type { Outcome, Verdict } from './verdict';

export type ExitCode = Verdict['exitCode'];

/** Everything that holds at the end of a run and has an exit code of its own. Several may hold at once. */
export interface RunConditions {
  /** Usage or configuration. */
  readonly config: boolean;
  readonly interrupted: boolean;
  /** A finding that counts against the board, or a budget that failed. */
  readonly boardFailed: boolean;
  /** Bench or harness fault, or a missed self-check. */
  readonly benchFault: boolean;
  readonly providerFault: boolean;
  /** A judged budget between its bounds, evidence that could not be counted, or no judged turn at all. */
  readonly inconclusive: boolean;
}

/** The exit code of a run: the first of 2, 130, 1, 3, 4, 5 that holds, else 0 (DESIGN section 8). */
export function exitCodeOf(conditions: RunConditions): ExitCode {
  if (conditions.config) return 2;
  if (conditions.interrupted) return 130;
  if (conditions.boardFailed) return 1;
  if (conditions.benchFault) return 3;
  if (conditions.providerFault) return 4;
  if (conditions.inconclusive) return 5;
  return 0;
}

export const outcomeOfExitCode: Readonly<Record<ExitCode, Outcome>> = {
  0: 'pass',
  1: 'fail',
  2: 'not-judged',
  3: 'not-judged',
  4: 'not-judged',
  5: 'inconclusive',
  130: 'aborted',
};
