/** `earshot probe` as a person runs it: one table, a file for scripts, a page, and exit codes that say who failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config';
import type { ProbeReport } from '../report';
import { ending, runEarshot, startEarshot, temporaryReports } from './__fixtures__/run-earshot';

jest.setTimeout(120_000);

const joke = ['--prompt', 'en-joke-a'];

it('puts every written protocol into one table, draws it, and compares it with a run', async () => {
  const page = join(temporaryReports(), 'probe.html');
  const names = ['siliconflow', 'deepseek', 'spark', 'hunyuan', 'pangu', 'ollama'].map(
    (name) => `mock:${name}`,
  );
  const sample = join(packageRoot(), 'fixtures/runs/sample');
  const args = ['probe', '--provider', names.join(','), '--turns', '2', '--out', page, '--compare', sample];
  const { exitCode, stdout } = await runEarshot([...args, ...joke]);
  expect(exitCode).toBe(0);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} +2/2 +token`, 'm'));
  expect(stdout).toMatch(/^Run sample: voiceToVoice p50 \d+/m);
  expect(readFileSync(page, 'utf8')).toContain('<svg');
});

it('answers a script in JSON, and ends with 4 when a provider answered nothing', async () => {
  const args = [
    'probe',
    '--provider',
    'mock:deepseek,live:ollama',
    '--turns',
    '3',
    '--concurrency',
    '3',
    '--json',
  ];
  // Port 9 discards, where anybody listens on it at all.
  const { exitCode, stdout } = await runEarshot([...args, ...joke], { OLLAMA_HOST: '127.0.0.1:9' });
  const report = JSON.parse(stdout) as ProbeReport;
  expect(exitCode).toBe(4);
  expect(report).toMatchObject({
    schema: 'earshot/probe@1',
    providers: [
      { name: 'mock:deepseek', answered: 3, errors: {} },
      { name: 'live:ollama', answered: 0, errors: { HIL_PROVIDER_UNREACHABLE: 3 } },
    ],
  });
});

it.each<[string, readonly string[], NodeJS.ProcessEnv, RegExp]>([
  ['a provider that is misspelt', ['--provider', 'mock:deepsek'], {}, /did you mean mock:deepseek\?/],
  [
    'a key that is missing',
    ['--provider', 'live:spark'],
    { SPARK_API_KEY: '' },
    /set SPARK_APP_ID, SPARK_API_KEY/,
  ],
  ['no turns', ['--provider', 'mock:spark', '--turns', '0'], {}, /--turns takes a whole number from 1/],
  ['two ways of asking', ['--provider', 'mock:spark', '--text', 'Hi', ...joke], {}, /exclude each other/],
  ['a run that is not there', ['--provider', 'mock:spark', '--compare', '/no/run'], {}, /\/no\/run/],
])('ends with 2 and says what is wrong: %s', async (_, args, env, message) => {
  const { exitCode, stderr } = await runEarshot(['probe', ...args], env);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

it('prints at Ctrl-C what was measured until then', async () => {
  const args = ['probe', '--provider', 'mock:deepseek,live:ollama', '--turns', '1000', ...joke];
  const child = startEarshot(args, { OLLAMA_HOST: '127.0.0.1:9' });
  const ended = ending(child);
  // The first failure of the second provider: the first one has been asked by then.
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const { exitCode, stdout } = await ended;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/^mock:deepseek +[12]\/1000 /m);
  expect(stdout).toContain('Interrupted');
});
