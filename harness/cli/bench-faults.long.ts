/** A bench without a fault, and a fault that is not the board's. */
import { expectFault, runAndRead } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

it('no fault ends with exit code 0', () =>
  expectFault({ fault: undefined, exitCode: 0, codes: [], failing: [], withBargeIn: true }));

it('provider-killed is the provider’s fault: exit code 4, what came before is kept', async () => {
  const { result } = await runAndRead(['--suite', 'conversation', '--fault', 'provider-killed']);
  expect(result.exitCode).toBe(4);
  expect(result.summary.findings.map(({ origin }) => origin)).not.toContain('board');
  expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
});
