/** Faults of what a board does: the right cases, the right reason, the right origin. */
import { bargesIn, expectFault, lightOn, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  {
    fault: 'lost-call',
    exitCode: 1,
    codes: ['HIL_TURN_CALL_MISSING'],
    failing: [lightOn, bargesIn],
    withBargeIn: true,
  },
  {
    fault: 'double-call',
    exitCode: 1,
    codes: ['HIL_TURN_CALL_REPEATED'],
    failing: [lightOn, bargesIn],
    withBargeIn: true,
  },
  { fault: 'wrong-argument', exitCode: 1, codes: ['HIL_TURN_CALL_ARGUMENTS'], failing: [lightOn] },
];

describe('faults of function calls', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
