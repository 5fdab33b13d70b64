import TestRunner from 'jest-runner';

/**
 * Runs test files one after the other in Jest's own process, however many workers other projects have: a bench has one
 * owner. Jest asks `isSerial` of the runner of each project.
 */
export default class InBandRunner extends TestRunner {
  override readonly isSerial = true;
}
