/** A crash in a run from end to end: one that a suite orders is read, told and forgiven; one that comes by itself is grouped and blamed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../run';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

describe('crashes in a run', () => {
  it('are held against nobody when the suite ordered them, and the bench goes on', async () => {
    const { exitCode, summary, stderr } = await runBench(['--suite', 'crash', '--grep', 'ends the turn']);
    expect({ exitCode, findings: summary.findings, stderr: exitCode === 0 ? '' : stderr }).toEqual({
      exitCode: 0,
      findings: [],
      stderr: '',
    });
    const { events, turns, verdict } = readRun(summary.runPath);
    expect(turns.map(({ record }) => record.ending)).toEqual(['fault', 'answered']);
    expect(verdict?.crashes).toBeUndefined();
    const boots = events.filter(({ kind, data }) => kind === 'board' && data['type'] === 'boot-ended');
    expect(boots.at(-2)?.data['session']).toMatchObject({
      orderedCrashes: 1,
      crashes: 0,
      endedBy: 'ordered',
    });
    expect(events.filter(({ kind }) => kind === 'crash')).toHaveLength(1);
    const page = readFileSync(join(summary.runPath, 'summary.md'), 'utf8');
    expect(page).toMatch(/was ordered by its test and is held against nobody: .*StoreProhibited/);
  });

  it('are grouped by signature, turn by turn, when the board does them by itself', async () => {
    const { exitCode, summary } = await runBench([
      ...['--fault', 'panic-mid-reply', '--suite', 'conversation', '--grep', '\\(en\\)'],
    ]);
    expect(exitCode).toBe(1);
    const { verdict, turns } = readRun(summary.runPath);
    const [crash, ...others] = verdict?.crashes ?? [];
    expect(others).toEqual([]);
    expect(crash).toMatchObject({ text: expect.stringContaining('StoreProhibited') as string });
    expect(crash?.signature).toMatch(/^[0-9a-f]{12}$/);
    expect(crash?.turnIds).toEqual(turns.map(({ record }) => record.turnId));
    expect(summary.why).toContain(crash?.signature ?? 'a signature');
    for (const file of ['report.html', 'summary.md'])
      expect(readFileSync(join(summary.runPath, file), 'utf8')).toContain(crash?.signature ?? 'a signature');
  });
});
