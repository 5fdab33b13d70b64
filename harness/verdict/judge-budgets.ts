import type { Budgets } from '../config';
import { measureNames, type Distribution, type MeasureName } from '../measurement';
import type { Finding } from '../ports';
import { judgeQuantile, judgeSuccessRate, type BudgetQuantile } from './budget';
import type { BudgetResult } from './verdict';

const quantiles: readonly BudgetQuantile[] = ['p50', 'p90', 'p95', 'max'];

/** Judges every bound of a budgets file in the order of the measures; the success rate comes first. */
export function judgeBudgets(
  budgets: Budgets | undefined,
  distributions: Readonly<Record<MeasureName, Distribution>>,
  turns: { readonly passed: number; readonly judged: number },
): BudgetResult[] {
  if (budgets === undefined) return [];
  const results: BudgetResult[] = [];
  if (budgets.successRate !== undefined) {
    results.push(judgeSuccessRate(budgets.successRate, turns.passed, turns.judged));
  }
  for (const measure of measureNames) {
    for (const quantile of quantiles) {
      const boundMs = budgets.measures[measure]?.[quantile];
      if (boundMs !== undefined) {
        results.push(judgeQuantile(measure, quantile, boundMs, distributions[measure]));
      }
    }
  }
  return results;
}

/** Findings against the board for latency budgets that failed. A failed success rate needs none: its turns have theirs. */
export const findingsOfBudgets = (results: readonly BudgetResult[], hostAtMs: number): Finding[] =>
  results
    .filter((result) => result.outcome === 'fail' && result.measure !== 'successRate')
    .map(({ measure, quantile, bound, value, why }) => ({
      code: 'HIL_TURN_TOO_SLOW',
      origin: 'board',
      message: why,
      facts: { measure, quantile, boundMs: bound, valueMs: value },
      hostAtMs,
    }));

/** Findings about bounds on measures that do not exist: a misspelt budget must not pass unread. */
export const findingsOfUnknownBudgets = (budgets: Budgets | undefined, hostAtMs: number): Finding[] =>
  Object.keys(budgets?.measures ?? {})
    .filter((name) => !measureNames.some((known) => known === name))
    .map((name) => ({
      code: 'HIL_CONFIG_INVALID',
      origin: 'config',
      message: `${budgets?.path ?? 'budgets'} bounds the measure ${name}; known are ${measureNames.join(', ')}.`,
      facts: { path: budgets?.path, name, known: measureNames },
      hostAtMs,
    }));
