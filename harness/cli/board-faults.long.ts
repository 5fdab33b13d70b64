/** A board that never lives, dies, or hears nothing: each fails exactly the cases that it should. */
import { answers, expectFault, greets, lightOn, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  { fault: 'no-boot', exitCode: 1, codes: ['HIL_BOARD_NO_BOOT'], failing: [greets, answers, lightOn] },
  {
    fault: 'dead-mic',
    exitCode: 1,
    codes: ['HIL_TURN_MICROPHONE_SILENT'],
    failing: [answers, lightOn],
    why: /microphone/i,
  },
  {
    fault: 'panic-mid-reply',
    exitCode: 1,
    codes: ['HIL_BOARD_PANIC'],
    failing: [answers, lightOn],
    why: /StoreProhibited/,
  },
];

describe('faults of the board itself', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
