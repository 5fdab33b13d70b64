/** Ctrl-C and the death of any process of a run: it ends, says why, blames the right part, and keeps what was recorded. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../run';
import { startRun, type MarkedRun, type Role } from './__fixtures__/marked-run';
import { runEarshot, type RunSummary } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const conversation = ['--suite', 'conversation'];

/** Resolves in the middle of the second turn: one is recorded, one is being played. */
async function secondTurn(run: MarkedRun): Promise<void> {
  await run.turns(1);
  await run.moreEvents('speech-started');
}

/** As a terminal does it: every process of the group gets the signal. */
const ctrlC = (run: MarkedRun): boolean => process.kill(-(run.parent.pid ?? 0), 'SIGINT');

describe('Ctrl-C', () => {
  it('in the middle of a turn ends with 130, and the run is whole and reported', async () => {
    const run = startRun(conversation);
    await secondTurn(run);
    ctrlC(run);
    const { exitCode, stderr, summary } = await run.ended;
    expect(exitCode).toBe(130);
    expect(run.processes().size).toBe(0);
    expect(stderr).toMatch(/Interrupted: closing the bench/);
    expect(summary).toMatchObject({ outcome: 'aborted', exitCode: 130, findings: [] });
    const { turns, aborted, events } = readRun(summary.runPath);
    expect(aborted).toBe(true);
    expect(turns.map(({ record }) => record.turnId)).toEqual(['t0001']);
    expect(events.length).toBeGreaterThan(10);
    expect(existsSync(join(summary.runPath, 'report.html'))).toBe(true);
  });

  it('while the bench opens ends with 130', async () => {
    const run = startRun(conversation);
    await run.pidOf('virtual-board');
    ctrlC(run);
    expect((await run.ended).exitCode).toBe(130);
    expect(run.processes().size).toBe(0);
  });

  it('a second time ends at once, and what was recorded can be read', async () => {
    const run = startRun(conversation);
    await secondTurn(run);
    ctrlC(run);
    await run.says(/Interrupted: closing the bench/);
    ctrlC(run);
    const { exitCode, summary } = await run.ended;
    expect(exitCode).toBe(130);
    expect(summary.outcome).toBe('aborted');
    expect(readRun(summary.runPath).turns).toHaveLength(1);
    await run.gone();
  });
});

describe('a process that is killed', () => {
  /** Kills this process in the middle of the second turn. */
  async function runWithout(role: Role) {
    const run = startRun(conversation);
    await secondTurn(run);
    process.kill(await run.pidOf(role), 'SIGKILL');
    const ended = await run.ended;
    await run.gone();
    return ended;
  }
  const about = ({ findings }: RunSummary) => ({
    codes: [...new Set(findings.map(({ code }) => code))],
    origins: [...new Set(findings.map(({ origin }) => origin))],
  });

  it('host: not judged, exit code 3', async () => {
    const { exitCode, summary } = await runWithout('host-child');
    expect(about(summary)).toEqual({ codes: ['HIL_HOST_DIED'], origins: ['harness'] });
    expect(exitCode).toBe(3);
    expect(readRun(summary.runPath).turns).toHaveLength(1);
  });

  it('Jest: not judged, exit code 3', async () => {
    const { exitCode, summary } = await runWithout('jest-child');
    expect(about(summary)).toEqual({ codes: ['HIL_HARNESS_UNEXPECTED'], origins: ['harness'] });
    expect(summary.why).toMatch(/Jest ended with SIGKILL/);
    expect(exitCode).toBe(3);
  });

  it('virtual board: the bench’s fault, exit code 3', async () => {
    const { exitCode, summary } = await runWithout('virtual-board');
    expect(about(summary).origins).toEqual(['bench']);
    expect(exitCode).toBe(3);
    expect(summary.turns[0]).toMatchObject({ outcome: 'pass' });
  });

  it('provider: the provider’s fault, exit code 4', async () => {
    const { exitCode, summary } = await runWithout('provider-child');
    expect(about(summary)).toEqual({ codes: ['HIL_PROVIDER_DIED'], origins: ['provider'] });
    expect(exitCode).toBe(4);
    expect(summary.turns[0]).toMatchObject({ outcome: 'pass' });
  });

  it('the command itself: every other process ends by itself, and `report` finishes the run', async () => {
    const run = startRun(conversation);
    await secondTurn(run);
    run.parent.kill('SIGKILL');
    await run.ended;
    await run.gone();
    const { exitCode, stdout } = await runEarshot(['report', await run.runPath(), '--json']);
    expect(exitCode).toBe(130);
    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary).toMatchObject({ outcome: 'aborted' });
    expect(summary.turns).toMatchObject([{ turnId: 't0001', outcome: 'pass' }]);
    expect(existsSync(join(summary.runPath, 'report.html'))).toBe(true);
  });
});
