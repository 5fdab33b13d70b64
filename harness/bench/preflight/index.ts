export { allChecks, chosenChecks } from './checks';
export { checkGroups, type Check, type CheckReport } from './check';
export { examineBench, type ExamineOptions } from './examine-bench';
export { hasPlayed, preflight, preflightFailure, type PreflightOptions } from './preflight';
