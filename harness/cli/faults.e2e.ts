/** A port that goes. Other faults are rows of the fault matrix (`npm run test:faults`, in CI too) and in the `*-faults.long.ts` beside this. */
import { runAndRead } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

it('port-unplugged is the bench’s fault: exit code 3, what came before is kept', async () => {
  const { result } = await runAndRead(['--suite', 'conversation', '--fault', 'port-unplugged']);
  expect(result.exitCode).toBe(3);
  expect(new Set(result.summary.findings.map(({ code }) => code))).toEqual(new Set(['HIL_BOARD_PORT_LOST']));
  // A busy machine may have a take repeated before it.
  const passed = result.summary.turns.filter(({ outcome }) => outcome === 'pass');
  expect(passed.length).toBeGreaterThanOrEqual(2);
});
