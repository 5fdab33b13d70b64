export type { BudgetResult, Outcome, TurnOutcome, Verdict } from './verdict';
