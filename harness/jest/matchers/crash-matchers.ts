import type { TurnResult } from '../../host';
import { misused, type Judgement } from './judgement';

/** The crash that was ordered came, was read, and ended the turn. */
export function judgeCrashed({ record }: TurnResult, pattern: RegExp | string = ''): Judgement {
  const { orderedCrash, boardName, ending } = record;
  if (orderedCrash === undefined)
    throw misused("toHaveCrashed needs a turn with a crash: turn('…', { crashAfterMs }).");
  const { crash, sentAtHostMs } = orderedCrash;
  if (crash === undefined) {
    return {
      pass: false,
      message: `Board ${boardName} did not crash${sentAtHostMs === undefined ? ': its reply was over before that was due' : ', though it was told to'}.`,
      code: sentAtHostMs === undefined ? 'HIL_TURN_INTERRUPTION_LATE' : 'HIL_BOARD_CRASH_MISSING',
    };
  }
  const isMeant =
    typeof pattern === 'string' ? crash.message.includes(pattern) : crash.message.search(pattern) >= 0;
  return {
    pass: isMeant && ending === 'fault',
    message: isMeant
      ? `The turn went on behind the crash and ended as ${ending}.`
      : `${crash.message} Expected ${String(pattern)}.`,
    code: 'HIL_BOARD_CRASH_MISSING',
  };
}
