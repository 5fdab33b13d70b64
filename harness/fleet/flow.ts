import { boardsOf, pieceOf, type JobOrder, type PieceOrder, type PieceOutcome } from './queue';
import type { BundleRef, Chore, Needs, Offer, Unit } from './work';

/*
 * A job's pieces are played in three stages: firmware is built, boards play it, what they played is made one run. Any unit waits for the
 * build and the merge waits for all units; BullMQ's own flows are trees, in which a job has one parent, and cannot say the first.
 */

/** What stands in place of a board's model where no board is needed. */
export const NO_BOARD = 'no-board';
const ANY_LANGUAGE = 'any';
const NO_RECIPE = 'none';

/** What a chore asks of a machine, in the words in which units ask of boards: so it waits in the same kind of queue. */
export const needsOfChore = (chore: Chore): Needs => ({
  boardModel: NO_BOARD,
  rig: chore.kind,
  language: ANY_LANGUAGE,
  provider: chore.kind === 'build' ? chore.recipe : NO_RECIPE,
});

/** Somewhat; nobody plans by it. */
const BUILD_MS = 300_000;
const MERGE_MS = 30_000;

/** A chore as a piece of a job. */
export const chorePiece = (chore: Chore): PieceOrder => ({
  needs: needsOfChore(chore),
  suites: [chore.kind === 'build' ? `build ${chore.recipe}` : 'merge'],
  expectedMs: chore.kind === 'build' ? BUILD_MS : MERGE_MS,
  chore,
});

/** What a machine offers that does chores of one kind. @param recipes - That it can build by; of no interest to one that merges. */
export const choreOffer = (kind: Chore['kind'], recipes: readonly string[] = []): Offer => ({
  boardModel: NO_BOARD,
  rig: kind,
  languages: [ANY_LANGUAGE],
  providers: kind === 'build' ? recipes : [NO_RECIPE],
});

const builds = ({ pieces }: JobOrder): boolean => pieces[0]?.chore?.kind === 'build';
const merges = ({ pieces }: JobOrder): boolean => pieces.at(-1)?.chore?.kind === 'merge';

/** How many pieces from the first on may have been begun, where so many have ended: the others wait for them, or for boards. */
export function openUntil(order: JobOrder, settled: number): number {
  if (builds(order) && settled === 0) return 1;
  const toPlay = order.pieces.length - (merges(order) ? 1 : 0);
  return settled >= toPlay ? order.pieces.length : Math.min(toPlay, settled + boardsOf(order));
}

/** Pieces that nobody is to play, since the firmware that they are of was not built. */
export function notBuilt(jobId: string, order: JobOrder, build: PieceOutcome | undefined): PieceOutcome[] {
  if (!builds(order) || build === undefined || 'bundle' in build) return [];
  const missing = `its firmware was not built: ${build.missing}`;
  return order.pieces.flatMap(({ chore }, index) =>
    chore === undefined ? [{ piece: pieceOf(jobId, index), attempts: 0, missing }] : [],
  );
}

/** What the first piece came to, where the others are of what it built. */
export const builtBy = (order: JobOrder, first: PieceOutcome | undefined): BundleRef | undefined =>
  builds(order) && first !== undefined && 'bundle' in first ? first.bundle : undefined;

/** The first attempt at a piece. @param built - Firmware that its job had built; it is of that then. */
export function firstAttempt(
  jobId: string,
  { pieces, priority, firmwareSha256 }: JobOrder,
  index: number,
  built?: BundleRef,
): Unit | undefined {
  const wanted = pieces[index];
  if (wanted === undefined) return undefined;
  const { costCents = 0, ...asked } = wanted;
  const piece = pieceOf(jobId, index);
  return {
    ...asked,
    ...(built === undefined || asked.chore !== undefined ? {} : { firmware: built }),
    id: `${piece}#1`,
    piece,
    attempt: 1,
    jobId,
    priority,
    firmwareSha256: built?.sha256 ?? firmwareSha256,
    costCents,
    notOn: [],
  };
}
