import type { BudgetBounds, Budgets } from '../config';
import { measureNames, type TurnKind } from '../measurement';
import type { Finding } from '../ports';
import { judgeQuantile, judgeSuccessRate } from './budget';
import { scopedBounds, type BudgetSubject } from './budget-scopes';
import type { BudgetResult, Distributions } from './verdict';

/** What some turns of a run took and how they ended. */
export interface BudgetedTurns {
  readonly distributions: Distributions;
  readonly byKind: Readonly<Record<TurnKind, Distributions>>;
  readonly passed: number;
  readonly judged: number;
}

/**
 * Judges every bound of a budgets file in the order of the measures: the success rate, bounds on all turns, those on the turns of one
 * kind; then the same of each section that is for a board of the run. Goals come apart: they are shown, and no verdict comes from them.
 * @param turnsOf - Turns of these boards; undefined: of all.
 */
export function judgeBudgets(
  budgets: Budgets | undefined,
  subject: BudgetSubject | undefined,
  turnsOf: (boards: readonly string[] | undefined) => BudgetedTurns,
): { readonly budgets: readonly BudgetResult[]; readonly goals: readonly BudgetResult[] } {
  if (budgets === undefined) return { budgets: [], goals: [] };
  const results = scopedBounds(budgets, subject).map(({ measure, quantile, kind, goal, bound, boards }) => {
    const { distributions, byKind, passed, judged } = turnsOf(boards);
    const result =
      measure === undefined || quantile === undefined
        ? judgeSuccessRate(bound, passed, judged, boards)
        : judgeQuantile(
            measure,
            quantile,
            bound,
            (kind === undefined ? distributions : byKind[kind])[measure],
            kind,
            boards,
          );
    return { goal, result };
  });
  const of = (isGoal: boolean): BudgetResult[] =>
    results.filter(({ goal }) => goal === isGoal).map(({ result }) => result);
  return { budgets: of(false), goals: of(true) };
}

/** Findings against the board for latency budgets that failed. A failed success rate needs none: its turns have theirs. */
export const findingsOfBudgets = (results: readonly BudgetResult[], hostAtMs: number): Finding[] =>
  results
    .filter((result) => result.outcome === 'fail' && result.measure !== 'successRate')
    .map(({ measure, kind, boards, quantile, bound, value, why }) => ({
      code: 'HIL_TURN_TOO_SLOW',
      origin: 'board',
      message: why,
      facts: {
        measure,
        ...(kind === undefined ? {} : { kind }),
        ...(boards === undefined ? {} : { boards }),
        quantile,
        boundMs: bound,
        valueMs: value,
      },
      hostAtMs,
    }));

/** Findings about bounds on measures that do not exist: a misspelt budget must not pass unread. */
export const findingsOfUnknownBudgets = (budgets: Budgets | undefined, hostAtMs: number): Finding[] =>
  (budgets === undefined ? [] : [budgets, ...(budgets.sections ?? [])])
    .flatMap(({ measures, goals = {}, kinds = {} }: BudgetBounds) => [
      measures,
      goals,
      ...Object.values(kinds),
    ])
    .flatMap((bounds) => Object.keys(bounds))
    .filter((name) => !measureNames.some((known) => known === name))
    .map((name) => ({
      code: 'HIL_CONFIG_INVALID',
      origin: 'config',
      message: `${budgets?.path ?? 'budgets'} bounds the measure ${name}; known are ${measureNames.join(', ')}.`,
      facts: { path: budgets?.path, name, known: measureNames },
      hostAtMs,
    }));
