/**
 * A board that dies, never lives, hears nothing, or does something else than it was told: each fails exactly the cases that it should, for
 * the right reason and with the right origin. More faults of what it hears, says and does are in the `*-faults.long.ts` beside this.
 */
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
  {
    fault: 'dead-mic',
    exitCode: 1,
    codes: ['HIL_TURN_MICROPHONE_SILENT'],
    failing: [answers, lightOn],
    why: /microphone/i,
  },
  { fault: 'wrong-argument', exitCode: 1, codes: ['HIL_TURN_CALL_ARGUMENTS'], failing: [lightOn] },
];

describe('faults of the board itself', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
