import { inWords } from '../../bench';
import type { BenchState, BookedVerdict, JobStatus, ProviderUse } from '../../fleet';
import { heldInWords, renderProviders } from './render-providers';
import { table } from './table';

export interface RenderedFleet {
  readonly nowMs: number;
  readonly benches: readonly BenchState[];
  readonly jobs: readonly JobStatus[];
  /** Those that are limited. */
  readonly providers: readonly ProviderUse[];
  readonly verdicts: readonly BookedVerdict[];
}

/** A fleet for a person: boards, jobs that are under way and why they wait, providers that are limited, and the latest verdicts. */
export function renderFleet({ nowMs, benches, jobs, providers, verdicts }: RenderedFleet): string {
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
          ['job', 'priority', 'waiting', 'playing', 'done', ''],
          ...underWay.map(({ jobId, priority, waiting, running, done, held }) => [
            jobId,
            priority,
            ...[waiting, running, done].map(String),
            held === undefined ? '' : `waits: ${heldInWords(held)}`,
          ]),
        ]),
  ];
  if (providers.length > 0) parts.push(renderProviders(providers, nowMs));
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
