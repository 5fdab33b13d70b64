import type { Budgets } from '../config';
import { measureNames, turnKinds, type TurnKind } from '../measurement';
import type { Finding } from '../ports';
import { judgeQuantile, judgeSuccessRate, type BudgetQuantile } from './budget';
import type { BudgetResult, Distributions } from './verdict';

const quantiles: readonly BudgetQuantile[] = ['p50', 'p90', 'p95', 'max'];

/** Bounds on all turns, or on those of one kind. */
function judgeMeasures(
  bounds: Budgets['measures'],
  distributions: Distributions,
  kind?: TurnKind,
): BudgetResult[] {
  const results: BudgetResult[] = [];
  for (const measure of measureNames) {
    for (const quantile of quantiles) {
      const boundMs = bounds[measure]?.[quantile];
      if (boundMs !== undefined)
        results.push(judgeQuantile(measure, quantile, boundMs, distributions[measure], kind));
    }
  }
  return results;
}

/**
 * Judges every bound of a budgets file in the order of the measures: the success rate, bounds on all turns, then those on the
 * turns of one kind.
 */
export function judgeBudgets(
  budgets: Budgets | undefined,
  distributions: { readonly all: Distributions; readonly byKind: Readonly<Record<TurnKind, Distributions>> },
  turns: { readonly passed: number; readonly judged: number },
): BudgetResult[] {
  if (budgets === undefined) return [];
  const results: BudgetResult[] = [];
  if (budgets.successRate !== undefined) {
    results.push(judgeSuccessRate(budgets.successRate, turns.passed, turns.judged));
  }
  results.push(...judgeMeasures(budgets.measures, distributions.all));
  for (const kind of turnKinds)
    results.push(...judgeMeasures(budgets.kinds?.[kind] ?? {}, distributions.byKind[kind], kind));
  return results;
}

/** What was measured beside the goals of a budgets file. They are shown, and no verdict comes from them. */
export const compareGoals = (budgets: Budgets | undefined, distributions: Distributions): BudgetResult[] =>
  judgeMeasures(budgets?.goals ?? {}, distributions);

/** Findings against the board for latency budgets that failed. A failed success rate needs none: its turns have theirs. */
export const findingsOfBudgets = (results: readonly BudgetResult[], hostAtMs: number): Finding[] =>
  results
    .filter((result) => result.outcome === 'fail' && result.measure !== 'successRate')
    .map(({ measure, kind, quantile, bound, value, why }) => ({
      code: 'HIL_TURN_TOO_SLOW',
      origin: 'board',
      message: why,
      facts: {
        measure,
        ...(kind === undefined ? {} : { kind }),
        quantile,
        boundMs: bound,
        valueMs: value,
      },
      hostAtMs,
    }));

/** Findings about bounds on measures that do not exist: a misspelt budget must not pass unread. */
export const findingsOfUnknownBudgets = (budgets: Budgets | undefined, hostAtMs: number): Finding[] =>
  [budgets?.measures ?? {}, budgets?.goals ?? {}, ...Object.values(budgets?.kinds ?? {})]
    .flatMap((bounds) => Object.keys(bounds))
    .filter((name) => !measureNames.some((known) => known === name))
    .map((name) => ({
      code: 'HIL_CONFIG_INVALID',
      origin: 'config',
      message: `${budgets?.path ?? 'budgets'} bounds the measure ${name}; known are ${measureNames.join(', ')}.`,
      facts: { path: budgets?.path, name, known: measureNames },
      hostAtMs,
    }));
