/** A bench without a fault, and faults that are not the board's. */
import { expectFault, runAndRead } from './__fixtures__/fault-case';

jest.setTimeout(180_000);

it('no fault ends with exit code 0', () =>
  expectFault({ fault: undefined, exitCode: 0, codes: [], failing: [], withBargeIn: true }));

describe('faults of the bench', () => {
  const fourTurns = ['--suite', 'conversation'];

  it('provider-killed is the provider’s fault: exit code 4, what came before is kept', async () => {
    const { result } = await runAndRead([...fourTurns, '--fault', 'provider-killed']);
    expect(result.exitCode).toBe(4);
    expect(result.summary.findings.map(({ origin }) => origin)).not.toContain('board');
    expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });

  it('port-unplugged is the bench’s fault: exit code 3, what came before is kept', async () => {
    const { result } = await runAndRead([...fourTurns, '--fault', 'port-unplugged']);
    expect(result.exitCode).toBe(3);
    expect(new Set(result.summary.findings.map(({ code }) => code))).toEqual(
      new Set(['HIL_BOARD_PORT_LOST']),
    );
    expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });
});
