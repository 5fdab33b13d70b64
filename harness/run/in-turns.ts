import { armsOfTurns, type Arms, type Reference } from '../verdict';
import { firmwareInWords } from './baseline';
import type { FinishedRun } from './read-run';

/** Which pair of blocks each turn of a merged run was played in. */
function pairsOf({ record, turns }: FinishedRun): (turnId: string) => string | undefined {
  const pairs = new Map(record.sources?.map(({ runId, pair }) => [runId, pair]));
  const known = new Set(turns.map((turn) => turn.record.turnId));
  return (turnId) => {
    if (!known.has(turnId)) return undefined;
    const pair = pairs.get(turnId.slice(turnId.indexOf('@') + 1));
    return pair === undefined ? undefined : String(pair);
  };
}

/**
 * What the run of one image is held against that was played in turns with that of another on the same board: turns are compared within
 * their pair of blocks, so that what the bench did from one pair to the next cancels.
 * @param candidate - The merged run that is judged.
 * @param reference - The merged run of the other image.
 */
export function referenceInTurns(
  candidate: FinishedRun,
  reference: FinishedRun,
  { marginMs }: { readonly marginMs: number },
): Reference {
  const arms: Arms = armsOfTurns(reference.turns, reference.findings, pairsOf(reference));
  const title = `${firmwareInWords(reference.record)}, played in turns with it on the same board`;
  return { title, arms, marginMs, pairOf: pairsOf(candidate) };
}
