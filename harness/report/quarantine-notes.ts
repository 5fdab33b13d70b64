import type { FinishedRun } from '../run';

/** Boards that were to be tested and were in quarantine, one sentence each. */
export const quarantineNotes = ({ record }: Pick<FinishedRun, 'record'>): readonly string[] =>
  (record.quarantined ?? []).map(
    ({ board, since, reason }) =>
      `Board ${board} is in quarantine since ${since.slice(0, 10)} and judges nothing: it ${reason}`,
  );
