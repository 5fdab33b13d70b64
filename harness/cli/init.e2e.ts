/** A bench file is made of what this machine has, loads, and the doctor finds the bench ready that it describes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './__fixtures__/bench-files';
import { runEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(120_000);

it('makes a bench that the doctor finds ready, and writes over it only when it is told to', async () => {
  const path = join(temporaryFolder(), 'lab', 'bench.yaml');
  const { exitCode, stdout } = await runEarshot(['init', '--yes', '--json', '--out', path]);
  expect(exitCode).toBe(0);
  const { boards } = JSON.parse(stdout) as { boards: readonly { readonly kind: string }[] };
  const again = await runEarshot(['init', '--yes', '--out', path]);
  expect(again).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--force writes over it') as string,
  });
  expect(readFileSync(path, 'utf8')).toContain('# Every key: docs/bench-file.md');
  // With hardware on this machine the bench is of that, which no test may touch unasked.
  const isVirtual = boards.every(({ kind }) => kind === 'virtual');
  const doctor = await runEarshot([
    'doctor',
    '--bench',
    path,
    '--json',
    '--within',
    '60',
    ...(isVirtual ? [] : ['--only', 'disk']),
  ]);
  const { checks } = JSON.parse(doctor.stdout) as {
    checks: readonly { readonly id: string; readonly state: string }[];
  };
  expect(checks.filter(({ state }) => state === 'fail' || state === 'warn')).toEqual([]);
  if (isVirtual) expect(checks).toContainEqual(expect.objectContaining({ id: 'microphone', state: 'ok' }));
  expect(doctor.exitCode).toBe(0);
});
