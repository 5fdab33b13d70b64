export { quarantinedError } from './reset-errors';
export { climb } from './reset-ladder';
export { certainStep, resetSteps, type ResetMeans, type ResetStep } from './reset-step';
