import type { FinishedRun } from './read-run';
import type { RunRecord } from './run-record';

/** When a run began, in ms since 1970 by the clock of its machine. */
export const wallMs = ({ startedAt }: RunRecord): number => Date.parse(startedAt);

/** Runs as they began, whatever the order in which they are named. */
export const inOrder = <T extends Pick<FinishedRun, 'record'>>(runs: readonly T[]): readonly T[] =>
  [...runs].sort((a, b) => wallMs(a.record) - wallMs(b.record) || (a.record.runId < b.record.runId ? -1 : 1));

/** Runs that a run is of: itself, unless it was merged. */
export const runIdsOf = ({ record }: Pick<FinishedRun, 'record'>): readonly string[] =>
  record.sources?.map(({ runId }) => runId) ?? [record.runId];

/** A played run that is in several of these; undefined: its turns count once each. */
export function playedTwice(runs: readonly Pick<FinishedRun, 'record'>[]): string | undefined {
  const ids = runs.flatMap(runIdsOf);
  return ids.find((id, index) => ids.indexOf(id) !== index);
}
