import { BoardError, type HilError } from '../../errors';
import type { BoardEvent } from '../../ports';
import type { RecordedConsole } from '../console';

export type ResetOutcome = Extract<BoardEvent, { readonly type: 'reset-step' }>['outcome'] | 'no-boot';

/** What became of one step of a reset. */
export interface ResetAttempt {
  readonly step: string;
  readonly outcome: Exclude<ResetOutcome, 'no-boot'>;
  /** What the board printed from its beginning on. */
  readonly receivedBytes: number;
  /** The end of that; empty when it printed nothing. */
  readonly tail: string;
  readonly error?: Error;
}

/** A step and what became of it, in words without a full stop. */
export function describeAttempt({ step, outcome, receivedBytes, tail, error }: ResetAttempt): string {
  const last = JSON.stringify(tail.trimEnd().split('\n').at(-1));
  const what: Readonly<Record<ResetAttempt['outcome'], string>> = {
    booted: 'it booted',
    silent: receivedBytes === 0 ? 'it printed nothing' : `it showed no boot and last printed ${last}`,
    download: 'it waits for a download',
    unseen: `its port was away while it booted, and it last printed ${last}`,
    'no-lines': 'its port has no modem lines',
    failed: error?.message.replace(/\.$/, '') ?? '',
  };
  return `${step}: ${what[outcome]}`;
}

/** No step of a reset brought the application up. `attempts` are those that were made, one or more. */
export function failedReset(
  board: string,
  console: RecordedConsole,
  attempts: readonly ResetAttempt[],
): BoardError {
  const steps = attempts.map(({ step, outcome, receivedBytes, tail, error }) => ({
    step,
    outcome,
    receivedBytes,
    tail,
    ...(error === undefined ? {} : { error: error.message }),
  }));
  const facts = { board, steps, tail: console.tail(), receivedBytes: console.receivedBytes };
  if (attempts.every(({ outcome }) => outcome === 'no-lines')) {
    const message = `The serial port of board ${board} has no modem lines, so it cannot reset the board.`;
    return new BoardError('HIL_BOARD_PORT_FAILED', message, facts);
  }
  const tried = attempts.map(describeAttempt).join('; ');
  const cause = attempts.findLast(({ error }) => error !== undefined)?.error;
  if (attempts.findLast(({ outcome }) => outcome !== 'no-lines')?.outcome === 'download') {
    const message = `Board ${board} waits for a download after its reset instead of running its application; tried ${tried}.`;
    return new BoardError('HIL_BOARD_DOWNLOAD_MODE', message, facts, cause && { cause });
  }
  const message = `Board ${board} could not be reset; tried ${tried}.`;
  return new BoardError('HIL_BOARD_RESET_FAILED', message, facts, cause && { cause });
}

/** Said to every reset after one that failed on all its steps. */
export function quarantinedError(board: string, first: HilError): BoardError {
  const message = `Board ${board} is in quarantine for the rest of the run, since none of the steps of its reset brought it up (${first.code}).`;
  return new BoardError('HIL_BOARD_QUARANTINED', message, { board, first: first.message }, { cause: first });
}
