import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { smallCorpus, spoken } from '../__fixtures__/small-corpus';
import type { Heard } from './heard';
import { openRecogniser } from './open-recogniser';
import type { Recogniser } from './recogniser';

const corpus = smallCorpus();
const prompts = [...corpus.prompts.values()];
const ask = (recogniser: Recogniser, id: string): Promise<Heard> =>
  new Promise((resolve) => {
    const { heard, hurry } = recogniser.recognise(spoken(corpus, id, 300, 80), 24 * 400);
    hurry();
    heard.use(resolve);
  });

const folder = mkdtempSync(join(tmpdir(), 'earshot-'));
const workerPath = join(folder, 'recognition-worker.js');

function worker(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, `const { parentPort } = require('node:worker_threads');\n${code}`);
  return path;
}

describe('openRecogniser', () => {
  beforeAll(async () => {
    const entryPoints = [join(__dirname, 'recognition-worker.ts')];
    await build({ entryPoints, outfile: workerPath, bundle: true, platform: 'node' });
  });

  it('answers the same in workers of compiled code as in this thread, however many ask at once', async () => {
    const inWorkers = await openRecogniser(prompts, { workerPath });
    const inThread = await openRecogniser(prompts);
    const once = ['en-joke-a', 'zh-light-on-a', 'en-light-on-a', 'en-light-off-a'];
    const ids = [...once, ...once, ...once];
    const [fromWorkers, fromThread] = await Promise.all([
      Promise.all(ids.map((id) => ask(inWorkers, id))),
      Promise.all(ids.map((id) => ask(inThread, id))),
    ]);
    expect(fromWorkers.map((heard) => heard.promptId)).toEqual(ids);
    expect(fromWorkers).toEqual(fromThread);
    await inWorkers.close();
    await inThread.close();
  }, 60_000);

  const isLinux = process.platform === 'linux' && spawnSync('chrt', ['--version']).status === 0;
  (isLinux ? it : it.skip)(
    'lets whoever writes to a crowd go first (needs Linux and its chrt)',
    async () => {
      const policies = (): readonly string[] =>
        readdirSync('/proc/self/task').map(
          (thread) =>
            readFileSync(`/proc/self/task/${thread}/stat`, 'latin1').split(') ')[1]?.split(' ')[38] ?? '',
        );
      const SCHED_IDLE = '5';
      const recogniser = await openRecogniser(prompts, { workerPath });
      recogniser.serves(15);
      expect(await ask(recogniser, 'en-joke-a')).toMatchObject({ promptId: 'en-joke-a' });
      expect(policies()).not.toContain(SCHED_IDLE);
      recogniser.serves(16);
      while (!policies().includes(SCHED_IDLE)) await new Promise(setImmediate);
      await recogniser.close();
    },
    60_000,
  );

  it('says nothing once it is closed, rather than that it heard nothing', async () => {
    const mute = await openRecogniser(prompts, {
      workerPath: worker('mute.js', `parentPort.on('message', () => {}); parentPort.postMessage('ready');`),
    });
    const lost = jest.fn();
    mute.onLost(lost);
    const { heard } = mute.recognise(new Int16Array(480), 0);
    await mute.close();
    expect(heard.isSettled).toBe(false);
    expect(mute.recognise(new Int16Array(480), 0).heard.isSettled).toBe(false);
    expect(lost).not.toHaveBeenCalled();
  });

  it.each([
    ['throws', `throw new Error('a bug')`, 'a bug'],
    ['exits', `process.exit(3)`, 'exit code 3'],
  ])('tells that it is lost when its thread %s, and answers nothing', async (name, code, how) => {
    const path = worker(
      `${name}.js`,
      `parentPort.on('message', () => { ${code} }); parentPort.postMessage('ready');`,
    );
    const dying = await openRecogniser(prompts, { workerPath: path });
    const lost = new Promise((resolve) => dying.onLost(resolve));
    const { heard } = dying.recognise(new Int16Array(480), 0);
    await expect(lost).resolves.toMatchObject({ code: 'HIL_PROVIDER_DIED', facts: { how } });
    expect(heard.isSettled).toBe(false);
    const toldLate = new Promise((resolve) => dying.onLost(resolve));
    await expect(toldLate).resolves.toMatchObject({ code: 'HIL_PROVIDER_DIED' });
    await dying.close();
  });

  it('does not wait for a thread that ends before it is ready', async () => {
    const path = worker('stillborn.js', 'process.exit(4)');
    await expect(openRecogniser(prompts, { workerPath: path })).rejects.toMatchObject({
      code: 'HIL_PROVIDER_UNREADY',
      facts: { how: 'exit code 4' },
    });
  });
});
