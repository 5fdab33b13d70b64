import type { Worker } from 'node:worker_threads';
import type { Clock } from './clock';
import { systemClock } from './system-clock';

/** What V8's compiler has begun for a thread in the background is over by then, also on a machine that is busy. */
const REST_MS = 250;

/**
 * Ends a worker thread that nobody asks any more. It is left to itself for {@link REST_MS} first: where Node 20 ends a thread for which
 * V8 still compiles in the background, the whole process aborts now and then (`NodePlatform::ForIsolate`: the thread's isolate is
 * unregistered from the platform before it is disposed of). The thread does not keep the process alive meanwhile.
 * @returns When the thread has ended.
 */
export function endThread(worker: Worker, clock: Clock = systemClock): Promise<void> {
  worker.unref();
  return new Promise((resolve, reject) => {
    clock.after(REST_MS, () => void worker.terminate().then(() => resolve(), reject));
  });
}
