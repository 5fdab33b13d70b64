/** Faults of a board that dies or never lives: each fails exactly the cases that it should, for the right reason and with the right origin. */
import { answers, expectFault, greets, lightOn, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  {
    fault: 'panic-mid-reply',
    exitCode: 1,
    codes: ['HIL_BOARD_PANIC'],
    failing: [answers, lightOn],
    why: /StoreProhibited/,
  },
  { fault: 'no-boot', exitCode: 1, codes: ['HIL_BOARD_NO_BOOT'], failing: [greets, answers, lightOn] },
];

describe('faults of the board itself', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
