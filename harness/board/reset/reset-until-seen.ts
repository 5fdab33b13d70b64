import { isHilError } from '../../errors';
import { delay, type Cancel, type Clock } from '../../ports';
import type { RecordedConsole } from '../console';
import { EventLog } from '../event-log';
import type { PortGap } from '../serial';
import { BootView } from './boot-view';
import { failedReset, type ResetAttempt } from './reset-errors';
import { SIGN_WITHIN_MS } from './reset-ladder';
import type { ResetStep } from './reset-step';

/** The ROM says at once behind its banner that it waits for a download. */
const DOWNLOAD_WITHIN_MS = 300;
const LOOK_EVERY_MS = 50;

export interface ResetUntilSeenParts {
  readonly name: string;
  readonly console: RecordedConsole;
  /** One or more, in the order in which they are tried. */
  readonly steps: readonly ResetStep[];
  readonly clock: Clock;
  /** Tells when the port was away. Absent: it goes once and for all. */
  readonly onGap?: ((listener: (gap: PortGap) => void) => Cancel) | undefined;
  /** Told of each step as it is over. */
  readonly onStep: (attempt: ResetAttempt) => void;
}

/**
 * Resets a board by one step after the other until it shows a boot, whatever that then does; for whoever only watches, and knows
 * nothing of the firmware.
 * @throws BoardError `HIL_BOARD_RESET_FAILED`, `HIL_BOARD_DOWNLOAD_MODE`, `HIL_BOARD_PORT_FAILED` when no step did; `HIL_BOARD_PORT_LOST`.
 */
export async function resetUntilSeen(parts: ResetUntilSeenParts): Promise<void> {
  const { name, console, steps, onStep } = parts;
  const attempts: ResetAttempt[] = [];
  for (const step of steps) {
    const attempt = await tryStep(parts, step);
    onStep(attempt);
    if (attempt.outcome === 'booted') return;
    attempts.push(attempt);
  }
  throw failedReset(name, console, attempts);
}

async function tryStep(
  { console, clock, onGap }: ResetUntilSeenParts,
  step: ResetStep,
): Promise<ResetAttempt> {
  const { receivedBytes } = console;
  const log = new EventLog(clock);
  const look = (): BootView => new BootView(console, log, () => undefined);
  let view = look();
  const cancelGaps = onGap?.((gap) =>
    log.add({
      type: 'console-gap',
      ...gap,
      byteOffset: console.receivedBytes,
      boot: console.lines.at(-1)?.boot ?? 0,
      lineIndex: console.cursor(),
    }),
  );
  const ended = (outcome: ResetAttempt['outcome'], error?: Error): ResetAttempt => ({
    step: step.name,
    outcome,
    receivedBytes: console.receivedBytes - receivedBytes,
    tail: console.receivedBytes === receivedBytes ? '' : console.tail(),
    ...(error === undefined ? {} : { error }),
  });
  try {
    const onSendingOff = (): void => {
      view.close();
      view = look();
    };
    if (!(await step.run(onSendingOff))) return ended('no-lines');
    view.released(console.cursor());
    for (let waitedMs = 0; !view.isSeen && waitedMs < SIGN_WITHIN_MS; waitedMs += LOOK_EVERY_MS)
      await delay(clock, LOOK_EVERY_MS);
    if (!view.isSeen) return ended('silent');
    await delay(clock, DOWNLOAD_WITHIN_MS);
    return ended(view.isDownload ? 'download' : 'booted');
  } catch (cause) {
    if (isHilError(cause) && cause.code === 'HIL_BOARD_PORT_LOST') throw cause;
    return ended('failed', cause instanceof Error ? cause : new Error(String(cause)));
  } finally {
    cancelGaps?.();
    view.close();
  }
}
