import { existsSync } from 'node:fs';
import { ConfigError } from '../errors';
import { loadBench, loadBudgets, type Budgets } from '../config';
import type { FinishedRun } from '../run';

/** The budgets file that a bench file names, where it is still there: runs travel, bench files stay. */
function namedBy(benchPath: string): string | undefined {
  return existsSync(benchPath) ? loadBench(benchPath, {}).budgetsPath : undefined;
}

/** Whether a run was judged by a budgets file before; what suites bound themselves is in the run. */
const hadBudgets = ({ verdict, bounds }: FinishedRun): boolean =>
  (verdict?.budgets ?? []).some(
    ({ measure, quantile, bound }) =>
      !bounds.some(
        (one) =>
          (one.measure ?? 'voiceToVoice') === measure && one.quantile === quantile && one.boundMs === bound,
      ),
  );

/**
 * Budgets that a stored run is judged by: those of a file that was named, or else of its bench file. Undefined: there are none.
 * @throws ConfigError for a file that cannot be used; `HIL_CONFIG_USAGE` for a merged run whose benches name different files, and for one
 *   that was judged by budgets which are not on this machine: without them it would pass for nothing.
 */
export function budgetsOfRun(run: FinishedRun, named: string | undefined): Budgets | undefined {
  if (named !== undefined) return loadBudgets(named);
  const { record } = run;
  const benches = [...new Set(record.sources?.map(({ bench }) => bench.path) ?? [record.bench.path])];
  const [path, other] = new Set(benches.flatMap((bench) => namedBy(bench) ?? []));
  if (path !== undefined && other !== undefined) {
    const message = `The benches of run ${record.runId} have different budgets, ${path} and ${other}; name one with --budget.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { budgets: [path, other] });
  }
  if (path !== undefined) return loadBudgets(path);
  const gone = benches.find((bench) => !existsSync(bench));
  if (gone !== undefined && hadBudgets(run)) {
    const message = `Run ${record.runId} was judged by budgets, and ${gone}, which names them, is not on this machine; name the file with --budget.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { runId: record.runId, bench: gone });
  }
  return undefined;
}
