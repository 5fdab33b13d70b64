import { isHilError } from '../../errors';
import type { BoardEvent, Cancel, Clock, FirmwareIdentity } from '../../ports';
import { noBootError } from '../board-errors';
import { garbledConsole, type RecordedConsole } from '../console';
import type { EventLog } from '../event-log';
import { resetJudge, type ResetJudge } from '../reset-judge';
import { BootView } from './boot-view';
import { failedReset, type ResetAttempt, type ResetOutcome } from './reset-errors';
import type { ResetStep } from './reset-step';

/**
 * A step that shows nothing for so long has done nothing, where there is another one to try. The ROM prints at once, and a native USB
 * port that goes away at a reset is back after 0.3 to 1 s (device.md section 4), when ESP-IDF is still printing.
 */
export const SIGN_WITHIN_MS = 3000;

export interface LadderParts {
  readonly board: string;
  readonly console: RecordedConsole;
  readonly log: EventLog;
  /** One or more, in the order in which they are tried. */
  readonly steps: readonly ResetStep[];
  readonly clock: Clock;
  readonly bootTimeoutMs: number;
  readonly checkFirmware: (firmware: FirmwareIdentity) => Error | undefined;
  /** Called as each step begins: a boot from now on is its doing. */
  readonly onStep?: () => void;
  /** Told of each step that brought no boot, and of the one behind such that did. */
  readonly emit: (event: BoardEvent) => void;
}

/**
 * Resets a board by one step after the other until it prints that its application runs. What proves that is `resetJudge`'s. A chip that
 * lands in download mode is a step that failed, and the next one gets it out. A boot that was seen and never reaches its application
 * ends the climb: the reset has worked, and the rest is the board's.
 * @throws BoardError `HIL_BOARD_RESET_FAILED`, `HIL_BOARD_DOWNLOAD_MODE`, `HIL_BOARD_PORT_FAILED` when no step brought a boot, with
 * all of them; `HIL_BOARD_CONSOLE_GARBLED` when what was printed cannot be read; `HIL_BOARD_NO_BOOT`, `HIL_BOARD_PANIC`, `HIL_BOARD_WRONG_DIALECT` of a boot; `HIL_BOARD_PORT_LOST`.
 */
export async function climb(parts: LadderParts): Promise<void> {
  const attempts: ResetAttempt[] = [];
  const { console } = parts;
  const fromLine = console.cursor();
  const readable = { receivedBytes: 0, garbledBytes: 0 };
  for (const [index, step] of parts.steps.entries()) {
    const before = console.bytesFrom(fromLine);
    const attempt = await tryStep(parts, step, index === parts.steps.length - 1);
    if (step.speaksToLoader !== true) {
      const after = console.bytesFrom(fromLine);
      readable.receivedBytes += after.receivedBytes - before.receivedBytes;
      readable.garbledBytes += after.garbledBytes - before.garbledBytes;
    }
    const isBooted = attempt.outcome === 'booted';
    // A reset that works at once needs no word.
    if (!isBooted || attempts.length > 0) note(parts, attempt);
    if (isBooted) return;
    attempts.push(attempt);
  }
  // A boot that cannot be read may have been one.
  const unreadable = garbledConsole(parts.board, readable);
  throw unreadable ?? failedReset(parts.board, console, attempts);
}

/** What is looked out for from the beginning of a step on, or from the boot on that counts. */
class Observation {
  readonly view: BootView;
  /** The application runs; rejects with what the board did instead. */
  readonly booted: Promise<'booted'>;
  /** What time or the ROM made of it. */
  readonly given: Promise<ResetOutcome>;
  give: (outcome: ResetOutcome) => void = () => undefined;
  private readonly judge: ResetJudge;
  private readonly abandon: (failure: Error) => void;

  constructor({ console, log, checkFirmware }: LadderParts) {
    this.judge = resetJudge(console.lines.at(-1)?.boot ?? 0, checkFirmware);
    this.given = new Promise<ResetOutcome>((resolve) => (this.give = resolve));
    this.view = new BootView(console, log, () => this.give('download'));
    const { settled, abandon } = log.watch((event) => this.judge.judge(event));
    this.abandon = abandon;
    this.booted = settled.then(() => 'booted' as const);
    // When the step itself fails, that is the error; nobody asks what became of the boot.
    this.booted.catch(() => undefined);
  }

  /** The board was let go; lines from this index on can come from the new boot only. */
  released(lineIndex: number): void {
    this.judge.released(lineIndex);
    this.view.released(lineIndex);
  }

  close(): void {
    this.view.close();
    this.abandon(new Error('the step is over'));
  }
}

async function tryStep(parts: LadderParts, step: ResetStep, isLast: boolean): Promise<ResetAttempt> {
  const { board, console, log, clock, bootTimeoutMs } = parts;
  const firstEvent = log.events.length;
  const { receivedBytes } = console;
  const fromLine = console.cursor();
  let observed = new Observation(parts);
  const cancels: Cancel[] = [];
  const ended = (outcome: ResetAttempt['outcome'], error?: Error): ResetAttempt => ({
    step: step.name,
    outcome,
    receivedBytes: console.receivedBytes - receivedBytes,
    tail: console.receivedBytes === receivedBytes ? '' : console.tail(),
    ...(error === undefined ? {} : { error }),
  });
  const onSendingOff = (): void => {
    observed.close();
    observed = new Observation(parts);
    parts.onStep?.();
  };
  try {
    parts.onStep?.();
    try {
      if (!(await step.run(onSendingOff))) return ended('no-lines');
    } catch (cause) {
      // Without its port there is nothing left to try; a step that cannot fail and does is the error by itself.
      if (step.isCertain === true || (isHilError(cause) && cause.code === 'HIL_BOARD_PORT_LOST')) throw cause;
      return ended('failed', cause instanceof Error ? cause : new Error(String(cause)));
    }
    const { view, booted, given, give } = observed;
    observed.released(console.cursor());
    if (!isLast) {
      const lookForSign = (): void => {
        if (!view.isSeen) give('silent');
      };
      cancels.push(clock.after(SIGN_WITHIN_MS, lookForSign));
    }
    cancels.push(clock.after(bootTimeoutMs, () => give(view.isSeen ? 'no-boot' : 'silent')));
    const outcome = await Promise.race([booted, given]);
    const isBoards = outcome === 'no-boot' ? view.isWhole : outcome === 'silent' && step.isCertain === true;
    if (isBoards) throw noBootError(board, console, log.events.slice(firstEvent), fromLine, bootTimeoutMs);
    return ended(outcome === 'no-boot' ? 'unseen' : outcome);
  } finally {
    for (const cancel of cancels) cancel();
    observed.close();
  }
}

function note({ console, clock, emit }: LadderParts, attempt: ResetAttempt): void {
  const { step, outcome, receivedBytes, error } = attempt;
  emit({
    type: 'reset-step',
    step,
    outcome,
    receivedBytes,
    ...(error === undefined ? {} : { message: error.message }),
    hostAtMs: clock.nowMs(),
    boot: console.lines.at(-1)?.boot ?? 0,
    lineIndex: console.cursor(),
  });
}
