import { readRun, type FinishedRun } from '../../run';
import { armsOfTurns } from '../../verdict';
import { driftedBoards } from './drift';
import type { BoardEnd } from './judge-lanes';
import { ownBaseline } from './own-baselines';

/** What two boards have to have in common besides what their bench says of them. */
const firmwareOf = ({ record }: FinishedRun): string | undefined =>
  record.boards[0]?.firmware?.elfSha256Prefix;

/**
 * The boards of a run that have become slower than they were, by name, with the reason; see `driftedBoards`.
 * @param bench - Absolute path of the bench file.
 * @param areAlike - Whether one of these boards may be tested for the other.
 * @throws RunError when a run folder cannot be read.
 */
export function driftedIn(
  ends: readonly BoardEnd[],
  bench: string,
  areAlike: (one: string, other: string) => boolean,
): ReadonlyMap<string, string> {
  const runs = new Map(
    ends.flatMap(({ boardName, quarantined, runPath }) =>
      quarantined === undefined && runPath !== undefined ? [[boardName, readRun(runPath)] as const] : [],
    ),
  );
  const alike = (board: string): string[] => {
    const own = firmwareOf(runs.get(board) as FinishedRun);
    return [...runs].flatMap(([other, run]) =>
      other !== board && own !== undefined && own === firmwareOf(run) && areAlike(board, other)
        ? [other]
        : [],
    );
  };
  const histories = [...runs].map(([board, run]) => ({
    board,
    arms: armsOfTurns(run.turns, run.findings),
    own: ownBaseline({ board, bench }, run),
  }));
  return driftedBoards(histories, alike);
}
