import type { Clock } from '../../ports';

/** Resolves `delayMs` from now, or as soon as the signal aborts. */
export const pause = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
