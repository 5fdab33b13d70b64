import type { AnyTurnRecord } from '../ports';
import type { Diagnosis } from './diagnosis';

/**
 * A board that lost its network in the middle of a turn: what was on its way by then arrived nowhere. The board's own radio says so, and
 * neither what it did not play nor how its session ended is held against anybody, since the access point may as well have gone as the board.
 */
export const diagnoseNetwork = ({
  boardEvents,
  boardName,
}: Pick<AnyTurnRecord, 'boardEvents' | 'boardName'>): readonly Diagnosis[] => {
  const lost = boardEvents.find((event) => event.type === 'network-lost');
  if (lost === undefined) return [];
  const { reason, lineIndex } = lost;
  return [
    {
      code: 'HIL_BOARD_NETWORK_LOST',
      message: `Board ${boardName} lost its network in the middle of the turn: ${reason}.`,
      facts: { reason, lineIndex },
    },
  ];
};
