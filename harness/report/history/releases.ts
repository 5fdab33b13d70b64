import { distributionOf, type Distribution, type Measured, type MeasureName } from '../../measurement';
import { runIdsOf, type RunHead } from '../../run';
import type { Outcome } from '../../verdict';
import { headlineOf } from '../kinds';

/** All judged runs of one firmware on the same board and provider. */
export interface Release {
  /** Version as it was printed; `unknown` where it was not. */
  readonly firmware: string;
  /** Oldest first. */
  readonly runs: readonly RunHead[];
  /** Of the newest run. */
  readonly outcome: Outcome;
  /** Turns of all of them together. */
  readonly distribution: Distribution;
}

/** How a latency went from release to release. */
export interface Trend {
  readonly board: string;
  readonly dialect: string;
  readonly provider: string;
  readonly measure: MeasureName;
  /** By when each was first run. */
  readonly releases: readonly Release[];
}

const judged: ReadonlySet<Outcome> = new Set<Outcome>(['pass', 'fail', 'inconclusive']);

export const firmwareOf = ({ record }: RunHead): string =>
  record.boards
    .map(({ firmware }) => firmware?.version ?? firmware?.elfSha256Prefix)
    .filter((text) => text !== undefined)
    .join(', ') || 'unknown';

const headOf = ({ record, verdict }: RunHead) => ({
  board: record.boards.map(({ model }) => model).join(', '),
  dialect: record.boards.map(({ dialect }) => dialect.name).join(', '),
  provider: record.provider.name,
  measure: verdict === undefined ? ('voiceToVoice' as const) : headlineOf(verdict),
});

/** In order of appearance. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

function pooled(runs: readonly RunHead[], measure: MeasureName): Distribution {
  const measured = runs.flatMap(({ verdict }): Measured[] => {
    const of = verdict?.distributions[measure];
    if (of === undefined) return [];
    const values = of.valuesMs.map((valueMs): Measured => ({ state: 'measured', valueMs, uncertaintyMs: 0 }));
    const missing = Array.from({ length: of.censored }, (): Measured => ({
      state: 'censored',
      aboveMs: 0,
      reason: 'no-onset',
    }));
    return [...values, ...missing];
  });
  return distributionOf(measured);
}

/** Runs without those whose turns are in another one of them, which was merged of them and perhaps of more. */
function withoutSources(runs: readonly RunHead[]): readonly RunHead[] {
  const merged = runs.filter(({ record }) => record.sources !== undefined);
  return runs.filter((run) => {
    const ids = runIdsOf(run);
    return !merged.some((other) => {
      const more = new Set(runIdsOf(other));
      const isLarger = run.record.sources === undefined || more.size > ids.length;
      return other !== run && isLarger && ids.every((id) => more.has(id));
    });
  });
}

/**
 * Latencies by release, for each board model, dialect, provider and headline measure apart. Runs that were broken off or not judged have
 * no part in it, nor have those without a turn that was measured, nor those that another one was merged of. By board and provider, so that a page has each where it was.
 */
export function trendsOf(runs: readonly RunHead[]): Trend[] {
  const measured = runs
    .filter(({ record }) => judged.has(record.outcome ?? 'aborted'))
    .filter((run) => (run.verdict?.distributions[headOf(run).measure].n ?? 0) > 0);
  const counted = [...withoutSources(measured)].sort((a, b) =>
    a.record.startedAt.localeCompare(b.record.startedAt),
  );
  const byName = (a: Trend, b: Trend): number =>
    a.board.localeCompare(b.board) ||
    a.dialect.localeCompare(b.dialect) ||
    a.provider.localeCompare(b.provider);
  const groups = grouped(counted, (run) => Object.values(headOf(run)).join('\0'));
  const trends = groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const head = headOf(first);
    const releases = grouped(group, firmwareOf).map((of) => ({
      firmware: firmwareOf(of[0] ?? first),
      runs: of,
      outcome: of.at(-1)?.record.outcome ?? 'aborted',
      distribution: pooled(of, head.measure),
    }));
    return [{ ...head, releases }];
  });
  return trends.sort(byName);
}
