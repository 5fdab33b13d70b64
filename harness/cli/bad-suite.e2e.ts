/** A team's suite that does not load, or breaks, is not the board's fault: what is wrong, where, and the exit code of who is at fault. */
import { readFileSync } from 'node:fs';
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

  it('one that ends the process ends with exit code 3 at once, whatever it left running: suites behind it were not run', async () => {
    const pidFile = writeTemporary('left.pid', '');
    const ended = await runToTheEnd([
      '--suite',
      suite(`import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const left = spawn('sleep', ['150'], { stdio: 'inherit', detached: true });
writeFileSync(${JSON.stringify(pidFile)}, String(left.pid));
left.unref();
process.exit(0);`),
    ]);
    // Throws where it has ended, which would have let the run go on as well.
    process.kill(Number(readFileSync(pidFile, 'utf8')));
    expect(codesOf(ended)).toEqual(['HIL_HARNESS_UNEXPECTED']);
    expect(ended.summary.findings).toMatchObject([
      { message: expect.stringMatching(/exit code 0 before all suites were run/) as string },
    ]);
    expect(ended.exitCode).toBe(3);
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
