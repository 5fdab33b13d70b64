/**
 * A board that dies or does something else than it was told, and a port that goes: each fails exactly the cases that it should, for the
 * right reason and with the right origin. More faults are in the `*-faults.long.ts` beside this and in `npm run test:faults`.
 */
import { answers, expectFault, lightOn, runAndRead, type FaultCase } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

const cases: readonly FaultCase[] = [
  {
    fault: 'panic-mid-reply',
    exitCode: 1,
    codes: ['HIL_BOARD_PANIC'],
    failing: [answers, lightOn],
    why: /StoreProhibited/,
  },
  { fault: 'wrong-argument', exitCode: 1, codes: ['HIL_TURN_CALL_ARGUMENTS'], failing: [lightOn] },
];

it.each(cases)('$fault ends with exit code $exitCode', expectFault);

it('port-unplugged is the bench’s fault: exit code 3, what came before is kept', async () => {
  const { result } = await runAndRead(['--suite', 'conversation', '--fault', 'port-unplugged']);
  expect(result.exitCode).toBe(3);
  expect(new Set(result.summary.findings.map(({ code }) => code))).toEqual(new Set(['HIL_BOARD_PORT_LOST']));
  expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
});
