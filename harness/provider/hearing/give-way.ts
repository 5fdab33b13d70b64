import { performance } from 'node:perf_hooks';

/** Work in between: the longest that a thread which is ready to run waits for this one. */
const WORK_MS = 1;
/** As short as a thread can sleep; the kernel adds its timer slack, 0.05 ms on Linux. */
const SLEEP_MS = 0.05;

/**
 * What a thread that computes for long calls between its steps: it sleeps for a moment after each millisecond of work, so
 * that others get its core at once. A lower priority alone does not give it to them: Linux lets who runs go on to the next
 * tick, 4 ms at 250 Hz, whatever its priority is. Costs a tenth of the time.
 */
export function giveWay(
  nowMs = (): number => performance.now(),
  sleep: (ms: number) => void = sleeping(),
): () => void {
  let sleptAtMs = nowMs();
  return () => {
    if (nowMs() - sleptAtMs < WORK_MS) return;
    sleep(SLEEP_MS);
    sleptAtMs = nowMs();
  };
}

function sleeping(): (ms: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  // Nobody wakes it but time.
  return (ms) => void Atomics.wait(cell, 0, 0, ms);
}
