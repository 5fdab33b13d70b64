export { climb, SIGN_WITHIN_MS } from './reset-ladder';
export { resetUntilSeen } from './reset-until-seen';
export { describeAttempt, quarantinedError, type ResetAttempt } from './reset-errors';
export { certainStep, resetSteps, stepsOfPort, type ResetMeans, type ResetStep } from './reset-step';
