import { mkdtemp } from 'node:fs/promises';
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
  new Promise((resolve) => recogniser.recognise(spoken(corpus, id, 300, 80), 24 * 400).use(resolve));

describe('openRecogniser', () => {
  it('answers the same in a worker of compiled code as in this thread', async () => {
    const workerPath = join(await mkdtemp(join(tmpdir(), 'earshot-')), 'recognition-worker.js');
    await build({
      entryPoints: [join(__dirname, 'recognition-worker.ts')],
      outfile: workerPath,
      bundle: true,
      platform: 'node',
    });
    const worker = await openRecogniser(prompts, { workerPath });
    const inThread = await openRecogniser(prompts);
    const [fromWorker, fromThread] = await Promise.all([
      Promise.all(['en-joke-a', 'zh-light-on-a'].map((id) => ask(worker, id))),
      Promise.all(['en-joke-a', 'zh-light-on-a'].map((id) => ask(inThread, id))),
    ]);
    expect(fromWorker.map((heard) => heard.promptId)).toEqual(['en-joke-a', 'zh-light-on-a']);
    expect(fromWorker).toEqual(fromThread);
    await worker.close();
    await expect(ask(worker, 'en-joke-a')).resolves.toEqual({ confidence: 0 });
    await inThread.close();
  });
});
