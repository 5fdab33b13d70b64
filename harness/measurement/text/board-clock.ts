import type { TextTurnRecord } from '../../ports';

/** The board's date less the true one; undefined where it printed none. It prints whole seconds, rounded down. */
export function boardClockSkewMs({
  boardDate,
  startedAtHostMs,
  startedAtUnixMs,
}: TextTurnRecord): number | undefined {
  if (boardDate?.state !== 'set' || boardDate.unixMs === undefined) return undefined;
  return boardDate.unixMs - (startedAtUnixMs + boardDate.hostAtMs - startedAtHostMs);
}
