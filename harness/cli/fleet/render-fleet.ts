import { inWords } from '../../bench';
import type { BenchState, BookedVerdict, JobStatus } from '../../fleet';

export interface RenderedFleet {
  readonly nowMs: number;
  readonly benches: readonly BenchState[];
  readonly jobs: readonly JobStatus[];
  readonly verdicts: readonly BookedVerdict[];
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** A fleet for a person: boards, jobs that are under way, and the latest verdicts. */
export function renderFleet({ nowMs, benches, jobs, verdicts }: RenderedFleet): string {
  const boards = benches.flatMap(({ bench, boards: ofBench }) =>
    ofBench.map(({ name, model, state, sinceMs, piece, reason }) => [
      `${bench}/${name}`,
      model,
      state,
      inWords(nowMs - sinceMs),
      piece ?? reason ?? '',
    ]),
  );
  const underWay = jobs.filter(({ isOver }) => !isOver);
  const parts = [
    boards.length === 0
      ? 'No bench is in the fleet: start one with earshot fleet agent.\n'
      : table([['board', 'model', 'state', 'for', 'what'], ...boards]),
    underWay.length === 0
      ? 'No job is under way.\n'
      : table([
          ['job', 'priority', 'waiting', 'playing', 'done'],
          ...underWay.map(({ jobId, priority, waiting, running, done }) => [
            jobId,
            priority,
            ...[waiting, running, done].map(String),
          ]),
        ]),
  ];
  if (verdicts.length > 0)
    parts.push(
      table([
        ['verdict', 'turns', 'ago', 'job'],
        ...verdicts.map(({ outcome, turns, atMs, jobId }) => [
          outcome,
          String(turns),
          inWords(nowMs - atMs),
          jobId,
        ]),
      ]),
    );
  return parts.join('\n');
}
