/** Each fault of a virtual part fails exactly the cases that it should, for the right reason and with the right origin. */
import { readRun } from '../run';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

interface Case {
  readonly fault: string | undefined;
  readonly exitCode: number;
  /** Codes of all findings, each once. */
  readonly codes: readonly string[];
  /** Tests that fail; all others pass. */
  readonly failing: readonly string[];
  /** What the verdict's reason must quote. */
  readonly why?: RegExp;
}

const greets = 'greets aloud';
const answers = 'answers a question about the weather (en)';
const lightOn = 'turns the light on';
const all = [greets, answers, lightOn];
const suites = [
  '--suite',
  'session',
  'conversation',
  'function-calls',
  '--grep',
  'greets aloud|weather \\(en\\)|light on',
];

const cases: readonly Case[] = [
  { fault: undefined, exitCode: 0, codes: [], failing: [] },
  {
    fault: 'dead-mic',
    exitCode: 1,
    codes: ['HIL_TURN_MICROPHONE_SILENT'],
    failing: [answers, lightOn],
    why: /microphone/i,
  },
  {
    fault: 'dead-speaker',
    exitCode: 1,
    codes: ['HIL_TURN_SPEAKER_SILENT', 'HIL_SESSION_GREETING_SILENT'],
    failing: all,
  },
  { fault: 'lost-call', exitCode: 1, codes: ['HIL_TURN_CALL_MISSING'], failing: [lightOn] },
  { fault: 'double-call', exitCode: 1, codes: ['HIL_TURN_CALL_REPEATED'], failing: [lightOn] },
  { fault: 'wrong-argument', exitCode: 1, codes: ['HIL_TURN_CALL_ARGUMENTS'], failing: [lightOn] },
  {
    fault: 'panic-mid-reply',
    exitCode: 1,
    codes: ['HIL_BOARD_PANIC'],
    failing: [answers, lightOn],
    why: /StoreProhibited/,
  },
  { fault: 'no-boot', exitCode: 1, codes: ['HIL_BOARD_NO_BOOT'], failing: all },
];

const run = async (
  args: readonly string[],
): Promise<{ result: Awaited<ReturnType<typeof runBench>>; failed: string[] }> => {
  const result = await runBench(args);
  const { tests } = readRun(result.summary.runPath);
  return {
    result,
    failed: tests.filter(({ status }) => status === 'failed').map(({ name }) => name.at(-1) ?? ''),
  };
};

describe('faults of the virtual board', () => {
  it.each(cases)('$fault ends with exit code $exitCode', async ({ fault, exitCode, codes, failing, why }) => {
    const { result, failed } = await run([...suites, ...(fault === undefined ? [] : ['--fault', fault])]);
    const found = [...new Set(result.summary.findings.map(({ code }) => code))];
    expect({ found: found.sort(), failed: failed.sort() }).toEqual({
      found: [...codes].sort(),
      failed: [...failing].sort(),
    });
    expect(result.exitCode).toBe(exitCode);
    expect(result.summary.exitCode).toBe(exitCode);
    if (why !== undefined) expect(result.summary.why).toMatch(why);
  });
});

describe('faults of the bench', () => {
  const fourTurns = ['--suite', 'conversation'];

  it('provider-killed is the provider’s fault: exit code 4, what came before is kept', async () => {
    const { result } = await run([...fourTurns, '--fault', 'provider-killed']);
    expect(result.exitCode).toBe(4);
    expect(result.summary.findings.map(({ origin }) => origin)).not.toContain('board');
    expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });

  it('port-unplugged is the bench’s fault: exit code 3, what came before is kept', async () => {
    const { result } = await run([...fourTurns, '--fault', 'port-unplugged']);
    expect(result.exitCode).toBe(3);
    expect(new Set(result.summary.findings.map(({ code }) => code))).toEqual(
      new Set(['HIL_BOARD_PORT_LOST']),
    );
    expect(result.summary.turns.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });
});
