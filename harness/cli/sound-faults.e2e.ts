/** Faults of a board whose sound is wrong: each fails exactly the cases that it should, for the right reason and with the right origin. */
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
  {
    fault: 'wrong-rate',
    exitCode: 1,
    codes: ['HIL_TURN_REPLY_WRONG_RATE'],
    failing: [answers, lightOn],
    why: /0\.667 of its rate: a 24 kHz reply played at 16 kHz/,
  },
  {
    fault: 'stutter',
    exitCode: 1,
    codes: ['HIL_TURN_REPLY_STUTTERED'],
    failing: [],
    why: /again: \d repeats? of \d+ ms/,
  },
];

describe("faults of the board's sound", () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
