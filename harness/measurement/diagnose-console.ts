import type { TurnRecord } from '../ports';
import type { Diagnose } from './diagnosis';

/** Fewer bytes that are no text are a glitch, which costs one line at most. */
const LEAST_GARBLED = 8;
/** Above this share of a turn's text a line that is missing may have been among what was lost. */
const GARBLED_SHARE = 0.01;

/** What shows that the console lost some of what the board printed in the turn; undefined: nothing does. */
function lossOf({ consoleLines, boardEvents }: TurnRecord): string | undefined {
  const garbled = consoleLines.reduce((sum, { garbledBytes = 0 }) => sum + garbledBytes, 0);
  const characters = consoleLines.reduce((sum, { text }) => sum + text.length, 0);
  if (garbled >= LEAST_GARBLED && garbled >= characters * GARBLED_SHARE)
    return `${garbled} of ${characters} characters of the console are no text`;
  const lost = boardEvents.reduce((sum, event) => sum + (event.type === 'markers-lost' ? event.count : 0), 0);
  return lost > 0 ? `${lost} markers of the console were lost` : undefined;
}

/**
 * A link that judges by what the board printed: where the console is known to have lost some of that, what the link finds is the
 * bench's.
 */
export const unlessGarbled =
  (link: Diagnose): Diagnose =>
  (record, known) => {
    const found = link(record, known);
    const [first] = found;
    const loss = first === undefined ? undefined : lossOf(record);
    if (first === undefined || loss === undefined) return found;
    return [
      {
        code: 'HIL_BOARD_CONSOLE_GARBLED',
        message: `${loss}, so this is not held against the board: ${first.message}`,
        facts: { ...first.facts, seenAs: first.code },
      },
    ];
  };
