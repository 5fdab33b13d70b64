import { existsSync } from 'node:fs';
import { ConfigError } from '../errors';
import { loadBench, loadBudgets, type Budgets } from '../config';
import type { FinishedRun } from '../run';

/** The budgets file that a bench file names, where it is still there: runs travel, bench files stay. */
function namedBy(benchPath: string): string | undefined {
  return existsSync(benchPath) ? loadBench(benchPath, {}).budgetsPath : undefined;
}

/**
 * Budgets that a stored run is judged by: those of a file that was named, or else of its bench file. Undefined: there are none.
 * @throws ConfigError for a file that cannot be used; `HIL_CONFIG_USAGE` for a merged run whose benches name different files.
 */
export function budgetsOfRun({ record }: FinishedRun, named: string | undefined): Budgets | undefined {
  if (named !== undefined) return loadBudgets(named);
  const benches = record.sources?.map(({ bench }) => bench.path) ?? [record.bench.path];
  const [path, other] = new Set([...new Set(benches)].map(namedBy));
  if (path !== undefined && other !== undefined) {
    const message = `The benches of run ${record.runId} have different budgets, ${path} and ${other}; name one with --budget.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { budgets: [path, other] });
  }
  const only = path ?? other;
  return only === undefined ? undefined : loadBudgets(only);
}
