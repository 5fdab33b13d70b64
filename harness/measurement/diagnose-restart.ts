import { startOfReset, type AnyTurnRecord, type BootStart } from '../ports';
import type { Diagnosis } from './diagnosis';

/** How a firmware resets itself; a lost banner, USB and a power-on do not say that it was the firmware. */
const byItself: ReadonlySet<BootStart> = new Set<BootStart>(['restart', 'watchdog']);

type Boots = Pick<AnyTurnRecord, 'boardEvents' | 'boardName'>;

/**
 * A boot in the middle of a turn, where nobody resets a board. It explains everything after it, above all a provider that had
 * nobody left to answer. A restart behind a panic is the panic's.
 */
export const diagnoseRestart = (turn: Boots): readonly Diagnosis[] =>
  restartIn(turn, 'in the middle of the turn');

/** The same of a rest between two turns. */
export const restartWhileResting = (rest: Boots): Diagnosis | undefined =>
  restartIn(rest, 'while it was left alone')[0];

function restartIn({ boardEvents, boardName }: Boots, when: string): readonly Diagnosis[] {
  const boot = boardEvents.find((event) => event.type === 'boot');
  if (boot === undefined) return [];
  const { resetCause, lineIndex } = boot;
  // ESP-IDF restarts the chip by software when the supply sags; who read the line that says so knows.
  const isSag = boardEvents.some(
    (event) =>
      event.type === 'boot-ended' &&
      event.session.boot === boot.boot - 1 &&
      event.session.endedBy === 'power',
  );
  const isOwn = !isSag && byItself.has(startOfReset(resetCause));
  return [
    {
      code: isOwn ? 'HIL_BOARD_RESTARTED' : 'HIL_BOARD_POWER_FAULT',
      message: `Board ${boardName} restarted ${when}: ${resetCause}.`,
      facts: { resetCause, lineIndex },
    },
  ];
}
