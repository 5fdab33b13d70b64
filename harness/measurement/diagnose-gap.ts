import type { AnyTurnRecord } from '../ports';
import type { Diagnosis } from './diagnosis';

/**
 * A time in the middle of a turn in which the board's port was away. What the board printed meanwhile is lost, so nothing that was not
 * seen of it can be held against it.
 */
export const diagnoseGap = ({
  boardEvents,
  boardName,
}: Pick<AnyTurnRecord, 'boardEvents' | 'boardName'>): readonly Diagnosis[] => {
  const gap = boardEvents.find((event) => event.type === 'console-gap');
  if (gap === undefined) return [];
  const { awaySinceHostMs, hostAtMs, reason, byteOffset } = gap;
  const awayMs = Math.round(hostAtMs - awaySinceHostMs);
  return [
    {
      code: 'HIL_BOARD_CONSOLE_GAP',
      message: `The serial port of board ${boardName} was away for ${awayMs} ms in the middle of the turn (${reason}), and what the board printed meanwhile is lost.`,
      facts: { awayMs, reason, byteOffset },
    },
  ];
};
