export { crashGroups, signatureOf, type CrashGroup } from './crash-groups';
export { judgeBoundOfTurns } from './judge-bounds';
export { judgeRun, type JudgeRunInput } from './judge-run';
export type { JudgedTurn } from './turn-outcome';
export type { BudgetResult, Outcome, TurnOutcome, Verdict } from './verdict';
