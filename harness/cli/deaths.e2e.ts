/** The death of any process of a run: the run ends, says why, blames the right part, and keeps what was recorded. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countedTurns, startRun, type Role } from './__fixtures__/marked-run';
import { runEarshot, type RunSummary } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const conversation = ['--suite', 'conversation'];
const passed = ({ turns }: RunSummary): number => turns.filter(({ outcome }) => outcome === 'pass').length;

describe('a process that is killed', () => {
  /** Kills this process in the middle of the second turn. */
  async function runWithout(role: Role) {
    const run = startRun(conversation);
    await run.secondTurn();
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
    expect(countedTurns(summary.runPath)).toHaveLength(1);
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
    expect(passed(summary)).toBe(1);
  });

  it('provider: the provider’s fault, exit code 4', async () => {
    const { exitCode, summary } = await runWithout('provider-child');
    expect(about(summary)).toEqual({ codes: ['HIL_PROVIDER_DIED'], origins: ['provider'] });
    expect(exitCode).toBe(4);
    expect(passed(summary)).toBe(1);
  });

  it('the command itself: every other process ends by itself, and `report` finishes the run', async () => {
    const run = startRun(conversation);
    await run.secondTurn();
    run.parent.kill('SIGKILL');
    await run.ended;
    await run.gone();
    const { exitCode, stdout } = await runEarshot(['report', await run.runPath(), '--json']);
    expect(exitCode).toBe(130);
    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary).toMatchObject({ outcome: 'aborted' });
    expect(passed(summary)).toBe(1);
    expect(existsSync(join(summary.runPath, 'report.html'))).toBe(true);
  });
});
