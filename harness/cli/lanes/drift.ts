import { judgeShifts, type Arms, type ShiftResult } from '../../verdict';

/** A board that was tested, with what it did before. */
export interface BoardHistory {
  readonly board: string;
  readonly arms: Arms;
  /** What it did earlier with the firmware that it has. Undefined: nothing that is known. */
  readonly own: { readonly acceptedAt: string; readonly arms: Arms } | undefined;
}

/** Smallest change of a board against itself that matters, as the default of `--margin` has it for firmware. */
const MARGIN_MS = 30;

/**
 * Which boards have become slower than they were with the same firmware, while one that is like them has not: they have changed
 * themselves, by their microphone, their place or their flash, and a release must not be held against them. Where all have become
 * slower it is what they share, the provider or the bench; where a board has no like, nobody can tell.
 * @param alike - The names of the boards that this one may be compared with: the same in everything, the firmware included.
 * @returns By name, why: one sentence without its subject.
 */
export function driftedBoards(
  boards: readonly BoardHistory[],
  alike: (board: string) => readonly string[],
): ReadonlyMap<string, string> {
  const shifts = new Map(boards.map((board) => [board.board, shiftsOf(board)]));
  const drifted = new Map<string, string>();
  for (const { board } of boards) {
    const slower = shifts.get(board)?.find(({ outcome }) => outcome === 'fail');
    if (slower === undefined) continue;
    const steady = alike(board).find((other) => isSteady(shifts.get(other) ?? [], slower));
    if (steady !== undefined)
      drifted.set(
        board,
        `is slower than itself, and ${steady}, with the same firmware, is not: ${slower.why}`,
      );
  }
  return drifted;
}

function shiftsOf({ own, arms }: BoardHistory): readonly ShiftResult[] {
  if (own === undefined) return [];
  const title = `itself of ${own.acceptedAt.slice(0, 10)}`;
  return judgeShifts({ title, arms: own.arms, marginMs: MARGIN_MS }, arms);
}

const isSteady = (shifts: readonly ShiftResult[], { measure }: ShiftResult): boolean =>
  shifts.some((shift) => shift.measure === measure && shift.outcome === 'pass') &&
  shifts.every(({ outcome }) => outcome !== 'fail');
