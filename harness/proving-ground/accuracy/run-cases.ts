import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { endThread } from '../../ports';
import type { CaseAnswer, CaseRequest, WorkerSetup } from './case-worker';
import type { CaseResult } from './try-case';

export interface RunOptions extends WorkerSetup {
  readonly threads: number;
  readonly onResult?: (result: CaseResult, done: number) => void;
  /** Ends the run early: what was finished is lost with the promise, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Tries turns in worker threads. Results come in the order of the requests, whichever thread was faster.
 * @throws Error that names condition and index when a turn could not be tried at all.
 */
export async function runCases(
  requests: readonly CaseRequest[],
  { threads, onResult, signal, ...setup }: RunOptions,
): Promise<CaseResult[]> {
  signal?.throwIfAborted();
  const results: CaseResult[] = [];
  let next = 0;
  let done = 0;
  const workers = Array.from(
    { length: Math.min(threads, requests.length) },
    () => new Worker(join(__dirname, 'case-worker.js'), { workerData: setup }),
  );
  const work = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let at = -1;
      const giveNext = (): void => {
        const request = requests[next];
        if (request === undefined) {
          resolve();
          return;
        }
        at = next++;
        worker.postMessage(request);
      };
      worker.on('error', reject);
      worker.on('exit', (code) =>
        reject(new Error(`A worker of the proving ground ended with code ${code}.`)),
      );
      worker.on('message', (answer: CaseAnswer) => {
        if (answer.state === 'failed') {
          const { condition, index } = answer.request;
          reject(new Error(`Turn ${condition}/${index} could not be tried: ${answer.message}`));
          return;
        }
        results[at] = answer.result;
        done += 1;
        onResult?.(answer.result, done);
        giveNext();
      });
      giveNext();
    });
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', giveUp);
  });
  try {
    await Promise.race([Promise.all(workers.map(work)), aborted]);
  } finally {
    // One signal serves every condition of a long run.
    if (giveUp !== undefined) signal?.removeEventListener('abort', giveUp);
    await Promise.all(workers.map((worker) => endThread(worker)));
  }
  return results;
}
