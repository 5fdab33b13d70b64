import type { BoardEvent, FirmwareIdentity } from '../ports';
import { faultError } from './board-errors';
import type { Answer } from './event-log';

export interface ResetJudge {
  judge(event: BoardEvent): Answer;
  /** The board was let go; lines from this index on can come from the new boot only. */
  released(lineIndex: number): void;
}

/**
 * Judges events after a reset: the application runs, or will not. What comes late from the boot before does not count.
 * A banner proves the new boot; a native USB port often loses it, so the identity of an image that starts after the
 * board was let go proves it too.
 */
export function resetJudge(
  bootBefore: number,
  checkFirmware: (firmware: FirmwareIdentity) => Error | undefined,
): ResetJudge {
  let releasedAtLine = Infinity;
  let isIdentityOfNewBoot = false;
  return {
    released: (lineIndex) => {
      releasedAtLine = lineIndex;
    },
    judge: (event) => {
      if (event.type === 'firmware' && event.lineIndex >= releasedAtLine) isIdentityOfNewBoot = true;
      if (event.boot <= bootBefore && !isIdentityOfNewBoot) return 'wait';
      if (event.type === 'fault') return { failure: faultError(event) };
      if (event.type === 'firmware') {
        const failure = checkFirmware(event.firmware);
        return failure === undefined ? 'wait' : { failure };
      }
      return event.type === 'milestone' && event.milestone === 'app' ? 'done' : 'wait';
    },
  };
}
