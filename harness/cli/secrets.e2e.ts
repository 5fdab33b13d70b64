/** What a suite lets slip of the environment is nowhere in the run folder. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEarshot, temporaryReports } from './__fixtures__/run-earshot';

jest.setTimeout(60_000);

const secret = 'correct-horse-battery';

it('masks a key that a suite prints, throws and types into the board', async () => {
  const suite = join(mkdtempSync(join(tmpdir(), 'earshot-secret-')), 'leak.hil.ts');
  writeFileSync(
    suite,
    `import { test } from 'earshot';
     test('leaks', async ({ board }) => {
       console.log('the key is', process.env.DEMO_API_KEY);
       await board.send('wifi ' + process.env.DEMO_API_KEY);
       throw new Error('refused: ' + process.env.DEMO_API_KEY);
     });`,
  );
  const reports = temporaryReports();
  const { exitCode } = await runEarshot(['run', '--suite', suite, '--reports', reports], {
    DEMO_API_KEY: secret,
  });
  expect(exitCode).toBe(3);
  const files = readdirSync(reports, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const texts = new Map(
    files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'latin1')]),
  );
  expect(texts.get('jest.log')).toContain('the key is ***');
  expect([...texts].filter(([, text]) => text.includes(secret)).map(([name]) => name)).toEqual([]);
});
