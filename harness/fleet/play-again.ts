import { mergeOf, pieceOf, type JobOrder, type JobRecord } from './queue';

/** Why there is nothing to play again: units may still be played, or all of them were. */
export type NothingAgain = 'under-way' | 'complete';

/**
 * What a job could not play, as a job of its own that goes on from it, at once. Firmware that was built is not built again.
 * @param isAwaited - Somebody waits for it and makes one run of it; otherwise the fleet does, where it did so with the first.
 */
export function playAgain(
  { jobId, order, isOver, outcome }: JobRecord,
  isAwaited: boolean,
): JobOrder | NothingAgain {
  if (!isOver) return 'under-way';
  const missing = new Set(outcome.pieces.filter((piece) => !('bundle' in piece)).map(({ piece }) => piece));
  const merge = mergeOf(order);
  const lost = order.pieces.filter((piece, index) => piece !== merge && missing.has(pieceOf(jobId, index)));
  if (lost.length === 0) return 'complete';
  const [first] = outcome.pieces;
  const built =
    order.pieces[0]?.chore?.kind === 'build' && first !== undefined && 'bundle' in first
      ? first.bundle
      : undefined;
  const pieces = built === undefined ? lost : lost.map((piece) => ({ ...piece, firmware: built }));
  const { priority, firmwareSha256, boards } = order;
  // Not at the time of the first, which has come.
  return {
    priority,
    firmwareSha256: built?.sha256 ?? firmwareSha256,
    ...(boards === undefined ? {} : { boards }),
    pieces: isAwaited || merge === undefined ? pieces : [...pieces, merge],
    continues: jobId,
  };
}
