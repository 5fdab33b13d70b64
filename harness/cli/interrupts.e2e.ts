/** Ctrl-C: the run ends, says why, and keeps what was recorded. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { delay, systemClock } from '../ports';
import { readRun } from '../run';
import { countedTurns, startRun, type MarkedRun } from './__fixtures__/marked-run';

jest.setTimeout(180_000);

const conversation = ['--suite', 'conversation'];

/** As a terminal does it: every process of the group gets the signal. */
const ctrlC = (run: MarkedRun): boolean => process.kill(-(run.parent.pid ?? 0), 'SIGINT');

describe('Ctrl-C', () => {
  it('in the middle of a turn ends with 130, and the run is whole and reported', async () => {
    const run = startRun(conversation);
    await run.secondTurn();
    ctrlC(run);
    const { exitCode, stderr, summary } = await run.ended;
    expect(exitCode).toBe(130);
    expect(run.processes().size).toBe(0);
    expect(stderr).toMatch(/Interrupted: closing the bench/);
    expect(summary).toMatchObject({ outcome: 'aborted', exitCode: 130, findings: [] });
    const { aborted, events } = readRun(summary.runPath);
    expect(aborted).toBe(true);
    expect(countedTurns(summary.runPath)).toHaveLength(1);
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

  it('SIGTERM of the command alone ends with 130, and every process with it', async () => {
    const run = startRun(conversation);
    await run.pidOf('virtual-board');
    // As a job of CI or a service is ended: its children get no signal.
    run.parent.kill('SIGTERM');
    expect((await run.ended).exitCode).toBe(130);
    expect(run.processes().size).toBe(0);
  });

  it('a second time ends at once, and what was recorded can be read', async () => {
    const run = startRun(conversation);
    await run.secondTurn();
    ctrlC(run);
    await run.says(/Interrupted: closing the bench/);
    // What comes almost at once is one signal: a person presses again and again.
    const isOver = run.ended.then(() => true);
    while (!(await Promise.race([isOver, delay(systemClock, 100).then(() => false)]))) {
      try {
        ctrlC(run);
      } catch {
        // It has ended at this very moment.
      }
    }
    const { exitCode, summary } = await run.ended;
    expect(exitCode).toBe(130);
    expect(summary.outcome).toBe('aborted');
    expect(countedTurns(summary.runPath)).toHaveLength(1);
    await run.gone();
  });
});
