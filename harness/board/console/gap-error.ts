import { BoardError } from '../../errors';

/** The port of a board was away while something was waited for, or measured. */
export function gapError(
  board: string,
  gap: { readonly awaySinceHostMs: number; readonly hostAtMs: number; readonly reason: string },
): BoardError {
  const awayMs = Math.round(gap.hostAtMs - gap.awaySinceHostMs);
  return new BoardError(
    'HIL_BOARD_CONSOLE_GAP',
    `The serial port of board ${board} was away for ${awayMs} ms (${gap.reason}), and what the board printed meanwhile is lost.`,
    { board, awayMs, reason: gap.reason },
  );
}
