/** Faults of a board that hears itself, or nobody while it speaks: each fails exactly the cases that it should. */
import { answers, bargesIn, expectFault, greets, lightOn, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  {
    fault: 'echo-leak',
    exitCode: 1,
    codes: ['HIL_TURN_SELF_TRIGGERED'],
    failing: [greets, answers, lightOn, bargesIn],
    why: /talks to itself/,
    withBargeIn: true,
  },
  {
    fault: 'no-barge-in',
    exitCode: 1,
    codes: ['HIL_TURN_NOT_INTERRUPTED'],
    failing: [bargesIn],
    why: /to the end/,
    withBargeIn: true,
  },
];

describe('faults of what the board hears', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
