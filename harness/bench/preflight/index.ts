export { allChecks, chosenChecks } from './checks';
export { checkGroups, type Check, type CheckReport } from './check';
export { examineBench, type ExamineOptions } from './examine-bench';
