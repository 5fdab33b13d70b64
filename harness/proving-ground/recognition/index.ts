export { hasEspeak } from './speak';
export { runTrials, type TrialResult } from './run-trials';
export { summarise, type RecognitionReport } from './summary';
export { trialsOf, type Split, type Trial } from './trials';
