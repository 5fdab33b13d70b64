/** Faults of a board whose replies are silent or sound wrong: each fails exactly the cases that it should, for the right reason. */
import { answers, expectFault, greets, lightOn, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  {
    fault: 'dead-speaker',
    exitCode: 1,
    codes: ['HIL_TURN_SPEAKER_SILENT', 'HIL_SESSION_GREETING_SILENT'],
    failing: [greets, answers, lightOn],
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

describe('faults of what the board says', () => {
  it.each(cases)('$fault ends with exit code $exitCode', expectFault);
});
