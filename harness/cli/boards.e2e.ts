/** Several boards at once: each in a lane of its own, and all of them one run. */
import { join } from 'node:path';
import { packageRoot } from '../config';
import { readRun } from '../run';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

it('three boards of different dialects finish as one merged report', async () => {
  const bench = join(packageRoot(), 'fixtures/benches/three-boards.yaml');
  const suites = ['--suite', 'latency', 'text-chat', '--turns', '1'];
  const { exitCode, summary, stderr } = await runBench(['--bench', bench, '--each-board', ...suites]);
  expect({ exitCode, findings: summary.findings }).toEqual({ exitCode: 0, findings: [] });
  for (const board of ['ws-1   ', 'korvo-1', 'chat-1 '])
    expect(stderr).toMatch(new RegExp(`^${board} ✓ `, 'm'));
  const { record, turns } = readRun(summary.runPath);
  expect(record).toMatchObject({
    outcome: 'pass',
    sources: [{ outcome: 'pass' }, { outcome: 'pass' }, { outcome: 'pass' }],
  });
  const dialects = record.boards.map(({ dialect }) => dialect.name);
  expect(dialects.sort()).toEqual(['idf-chat', 'openai-demo', 'realtime-ws']);
  expect(turns.map((turn) => turn.record.boardName).sort()).toEqual(['chat-1', 'korvo-1', 'ws-1']);
});
