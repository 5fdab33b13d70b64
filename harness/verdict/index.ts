export type { BudgetSubject } from './budget-scopes';
export { rateInterval, type RateInterval } from './binomial-interval';
export { crashGroups, signatureOf, type CrashGroup } from './crash-groups';
export { judgeBoundOfTurns } from './judge-bounds';
export { judgeRun, type JudgeRunInput } from './judge-run';
export {
  armsOfTurns,
  judgeShifts,
  shiftInWords,
  type Arms,
  type Reference,
  type ShiftResult,
} from './shift/judge-shifts';
export { isUndecided } from './shift/shift-findings';
export { compareArms, comparePairs, decide } from './shift/decide';
export { FEWEST_TURNS, looks, MOST_TURNS } from './shift/looks';
export type { ArmTurn } from './shift/rank-shift';
export { FEWEST_SAMPLES, judgeDrift, type DriftJudgement } from './soak/judge-drift';
export { defaultSoakBounds } from './soak/judge-soak';
export type { LossResult, SoakInput, SoakTrend, SoakVerdict } from './soak/judge-soak';
export type { JudgedTurn } from './turn-outcome';
export type { BudgetResult, Outcome, TurnOutcome, Verdict } from './verdict';
