/** What each fault of a virtual part must lead to, and how to run it. */
import { readRun } from '../../run';
import { runBench } from './run-earshot';

/** One fault with everything that it may change. */
export interface FaultCase {
  readonly fault: string | undefined;
  readonly exitCode: number;
  /** Codes of all findings, each once. */
  readonly codes: readonly string[];
  /** Tests that fail; all others pass. */
  readonly failing: readonly string[];
  /** Also runs the test that interrupts a reply. */
  readonly withBargeIn?: true;
  /** What the verdict's reason must quote. */
  readonly why?: RegExp;
}

export const greets = 'greets aloud';
export const answers = 'answers a question about the weather (en)';
export const lightOn = 'turns the light on';
export const bargesIn = 'stops speaking when the user does, and obeys';
const suites = [
  '--suite',
  'session',
  'conversation',
  'function-calls',
  '--grep',
  'greets aloud|weather \\(en\\)|light on',
];

const suitesWithBargeIn = [
  '--suite',
  'barge-in',
  ...suites.slice(1, -1),
  'greets aloud|weather \\(en\\)|light on|and obeys',
];

/** `earshot run` with these arguments: its summary, and the tests that failed. */
export const runAndRead = async (
  args: readonly string[],
): Promise<{ result: Awaited<ReturnType<typeof runBench>>; failed: string[] }> => {
  const result = await runBench(args);
  const { tests } = readRun(result.summary.runPath);
  return {
    result,
    failed: tests.filter(({ status }) => status === 'failed').map(({ name }) => name.at(-1) ?? ''),
  };
};

/** The fault fails exactly its cases, with exactly its codes, and the verdict says so. */
export async function expectFault({
  fault,
  exitCode,
  codes,
  failing,
  why,
  withBargeIn,
}: FaultCase): Promise<void> {
  const { result, failed } = await runAndRead([
    ...(withBargeIn === true ? suitesWithBargeIn : suites),
    ...(fault === undefined ? [] : ['--fault', fault]),
  ]);
  const found = [...new Set(result.summary.findings.map(({ code }) => code))];
  expect({ found: found.sort(), failed: failed.sort() }).toEqual({
    found: [...codes].sort(),
    failed: [...failing].sort(),
  });
  expect(result.exitCode).toBe(exitCode);
  expect(result.summary.exitCode).toBe(exitCode);
  if (why !== undefined) expect(result.summary.why).toMatch(why);
}
