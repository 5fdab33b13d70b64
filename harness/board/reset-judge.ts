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
 * A banner of the ROM proves the new boot, and MicroPython's word of a soft reset. A native USB port often loses the banner, so
 * the identity of an image that starts after the board was let go proves it too. MicroPython tells its identity only once its
 * script is over, so that proves a start of the application which came before it, and no other: a board that was not reset
 * ends its script as well.
 */
export function resetJudge(
  bootBefore: number,
  checkFirmware: (firmware: FirmwareIdentity) => Error | undefined,
): ResetJudge {
  let releasedAtLine = Infinity;
  let isIdentityOfNewBoot = false;
  let startedSinceRelease = false;
  const isOfNewBoot = (event: BoardEvent): boolean => event.boot > bootBefore || isIdentityOfNewBoot;
  return {
    released: (lineIndex) => {
      releasedAtLine = lineIndex;
    },
    judge: (event) => {
      const isSinceRelease = event.lineIndex >= releasedAtLine;
      if (event.type === 'firmware' && isSinceRelease) isIdentityOfNewBoot = true;
      const isStart = event.type === 'milestone' && event.milestone === 'app';
      if (isStart && isSinceRelease) startedSinceRelease = true;
      if (!isOfNewBoot(event)) return 'wait';
      if (event.type === 'fault') return { failure: faultError(event) };
      if (event.type === 'firmware') {
        const failure = checkFirmware(event.firmware);
        if (failure !== undefined) return { failure };
        return startedSinceRelease ? 'done' : 'wait';
      }
      return isStart ? 'done' : 'wait';
    },
  };
}
