/** A team's suite that does not load, or breaks, is not the board's fault: what is wrong, where, and the exit code of who is at fault. */
import { readRun } from '../run';
import { writeTemporary } from './__fixtures__/bench-files';
import { codesOf, runToTheEnd } from './__fixtures__/marked-run';

jest.setTimeout(180_000);

describe('suites of a team', () => {
  const suite = (body: string): string =>
    writeTemporary('team.hil.ts', `import { describe, expect, test } from 'earshot';\n${body}\n`);

  it('one that does not compile ends with exit code 2, naming the file', async () => {
    const ended = await runToTheEnd(['--suite', suite("test('unfinished', async ({ turn }) => {")]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.summary.why).toMatch(/team\.hil\.ts/);
    expect(ended.exitCode).toBe(2);
  });

  it('one that throws while it is loaded ends with exit code 2, naming the file', async () => {
    const ended = await runToTheEnd(['--suite', suite("throw new Error('half a suite');")]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.summary.why).toMatch(/team\.hil\.ts.*half a suite/);
    expect(ended.exitCode).toBe(2);
  });

  it('one without a test ends with exit code 2, naming the file', async () => {
    const ended = await runToTheEnd(['--suite', suite('export {};')]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.exitCode).toBe(2);
  });

  it('a plain error in a test is the harness’s fault: exit code 3, the board is not judged', async () => {
    const ended = await runToTheEnd([
      '--suite',
      suite("test('breaks', () => { throw new Error('oops'); });"),
    ]);
    expect(ended.summary.findings).toMatchObject([
      { origin: 'harness', message: expect.stringMatching(/oops/) as string },
    ]);
    expect(ended.exitCode).toBe(3);
    expect(readRun(ended.summary.runPath).tests).toMatchObject([{ status: 'failed', name: ['breaks'] }]);
  });

  it('a prompt that the corpus has not ends with exit code 2', async () => {
    const ended = await runToTheEnd([
      '--suite',
      suite("test('asks', async ({ turn }) => void (await turn('en-nonsense')));"),
    ]);
    expect(codesOf(ended)).toEqual(['HIL_CORPUS_UNKNOWN_CLIP']);
    expect(ended.exitCode).toBe(2);
  });
});
