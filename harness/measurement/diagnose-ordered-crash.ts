import type { Diagnose } from './diagnosis';

/** A crash that the test ordered and that did not come; one that came is nobody's fault. */
export const diagnoseOrderedCrash: Diagnose = ({ boardName, orderedCrash }) => {
  if (orderedCrash === undefined || orderedCrash.crash !== undefined) return [];
  const { afterMs, sentAtHostMs } = orderedCrash;
  const facts = { ...orderedCrash };
  return [
    sentAtHostMs === undefined
      ? {
          code: 'HIL_TURN_INTERRUPTION_LATE',
          message: `The reply was over before the board was to crash, ${afterMs} ms after it became audible.`,
          facts,
        }
      : {
          code: 'HIL_BOARD_CRASH_MISSING',
          message: `Board ${boardName} was told to crash and printed nothing of a crash.`,
          facts,
        },
  ];
};
