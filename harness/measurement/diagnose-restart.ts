import type { AnyTurnRecord } from '../ports';
import type { Diagnosis } from './diagnosis';

/** Causes by which a firmware resets itself; power, brownout, USB and a lost banner do not say that it was the firmware. */
const BY_ITSELF = /software|watchdog/;

/**
 * A boot in the middle of a turn, where nobody resets a board. It explains everything after it, above all a provider that had
 * nobody left to answer. A restart behind a panic is the panic's.
 */
export const diagnoseRestart = ({
  boardEvents,
  boardName,
}: Pick<AnyTurnRecord, 'boardEvents' | 'boardName'>): readonly Diagnosis[] => {
  const boot = boardEvents.find((event) => event.type === 'boot');
  if (boot === undefined) return [];
  const { resetCause, lineIndex } = boot;
  return [
    {
      code: BY_ITSELF.test(resetCause) ? 'HIL_BOARD_RESTARTED' : 'HIL_BOARD_POWER_FAULT',
      message: `Board ${boardName} restarted in the middle of the turn: ${resetCause}.`,
      facts: { resetCause, lineIndex },
    },
  ];
};
