import { BoardError, fromWireError } from '../errors';
import type { BoardEvent } from '../ports';
import { gapError, garbledConsole, type RecordedConsole } from './console';

const LAST_COMPLAINTS = 5;

/** Evidence for an error about a board that did not get as far as it should. */
function evidence(board: string, console: RecordedConsole, events: readonly BoardEvent[]) {
  const complaints = events.flatMap((event) => (event.type === 'complaint' ? [event.text] : []));
  return {
    board,
    tail: console.tail(),
    receivedBytes: console.receivedBytes,
    complaints: complaints.slice(-LAST_COMPLAINTS),
  };
}

const lastText = (console: RecordedConsole): string =>
  JSON.stringify(console.tail().trimEnd().split('\n').at(-1));

/** The board was reset and its application did not start in time. `events` and lines from `fromLine` on are those since the reset. */
export function noBootError(
  board: string,
  console: RecordedConsole,
  events: readonly BoardEvent[],
  fromLine: number,
  withinMs: number,
): BoardError {
  const bytes = console.bytesFrom(fromLine);
  const unreadable = garbledConsole(board, bytes);
  if (unreadable !== undefined) return unreadable;
  const boots = events.filter(({ type }) => type === 'boot').length;
  const seen =
    bytes.receivedBytes === 0
      ? 'it printed nothing'
      : `it booted ${boots} times and last printed ${lastText(console)}`;
  return new BoardError(
    'HIL_BOARD_NO_BOOT',
    `Board ${board} did not start its application within ${withinMs} ms of its reset; ${seen}.`,
    { ...evidence(board, console, events), boots, withinMs },
  );
}

/** The provider session did not reach `wanted` in time, which was waited for from line `fromLine` on. */
export function sessionTimeoutError(
  board: string,
  console: RecordedConsole,
  events: readonly BoardEvent[],
  wanted: 'open' | 'end',
  fromLine: number,
  withinMs: number,
): BoardError {
  const gap = events.find((event) => event.type === 'console-gap');
  // What shows the session may have been printed while nobody could read it.
  if (gap !== undefined) return gapError(board, gap);
  const unreadable = garbledConsole(board, console.bytesFrom(fromLine));
  if (unreadable !== undefined) return unreadable;
  const facts = { ...evidence(board, console, events), withinMs };
  const why = facts.complaints.at(-1) ?? '';
  const seen = why === '' ? `it last printed ${lastText(console)}` : `it complained ${JSON.stringify(why)}`;
  return new BoardError(
    'HIL_BOARD_SESSION_TIMEOUT',
    `Board ${board} did not ${wanted} its provider session within ${withinMs} ms; ${seen}.`,
    facts,
  );
}

/** The error that a fault event carries. */
export const faultError = (event: BoardEvent & { readonly type: 'fault' }): BoardError => {
  const { code, message, facts } = fromWireError(event.error);
  return new BoardError(code, message, facts);
};
