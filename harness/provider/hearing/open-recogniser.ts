import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SpeechClip } from '../../ports';
import type { Recogniser } from './recogniser';
import { inThreadRecogniser } from './in-thread-recogniser';
import { openWorkerRecogniser } from './worker-recogniser';

/**
 * A recogniser for these prompts. It runs in a worker thread when there is compiled JavaScript to start one from: the file
 * beside this one in `dist`, or `workerPath`. Under Jest and esbuild-register only the TypeScript exists, which a worker
 * cannot load; then it works in this thread, with the same answers.
 */
export async function openRecogniser(
  prompts: readonly SpeechClip[],
  options: { readonly workerPath?: string | undefined } = {},
): Promise<Recogniser> {
  const workerPath = options.workerPath ?? join(__dirname, 'recognition-worker.js');
  return existsSync(workerPath) ? openWorkerRecogniser(prompts, workerPath) : inThreadRecogniser(prompts);
}
