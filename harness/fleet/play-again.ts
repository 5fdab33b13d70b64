import { chorePiece } from './flow';
import { mergeOf, pieceOf, type JobOrder, type JobRecord, type PieceOrder } from './queue';
import type { Chore } from './work';

/** Why there is nothing to play again: units may still be played, or all of them were. */
export type NothingAgain = 'under-way' | 'complete';

/**
 * What a job could not play, as a job of its own that goes on from it, at once. Firmware that was built is not built again. It has no merge:
 * of who waits it is nobody's business, and else `mergeAgain` is to be its last piece.
 */
export function playAgain({ jobId, order, isOver, outcome }: JobRecord): JobOrder | NothingAgain {
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
  const { priority, firmwareSha256, boards } = order;
  // Not at the time of the first, which has come.
  return {
    priority,
    firmwareSha256: built?.sha256 ?? firmwareSha256,
    ...(boards === undefined ? {} : { boards }),
    pieces: built === undefined ? lost : lost.map((piece) => ({ ...piece, firmware: built })),
    continues: jobId,
  };
}

/** The merge of a job that is played again, judged as the first was to be. @param budgets - Default: those of the first. */
export function mergeAgain(
  { order }: JobRecord,
  budgets?: Extract<Chore, { readonly kind: 'merge' }>['budgets'],
): PieceOrder {
  const first = mergeOf(order)?.chore;
  const kept = budgets ?? (first?.kind === 'merge' ? first.budgets : undefined);
  return chorePiece({ kind: 'merge', ...(kept === undefined ? {} : { budgets: kept }) });
}
