import { DelegateBackoff, ExponentialBackoff, handleWhen, retry, type IBackoff } from 'cockatiel';
import type { Clock } from '../../ports';
import { cancelledAttempt, FailedAttempt } from './failure';
import type { LiveLimits } from './live-client';

/** The longest that a timer of Node takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Attempted {
  readonly result: { readonly error: Error } | { readonly value: unknown };
}

/**
 * Attempts until one succeeds, fails for good, or there were enough. Waits twice as long each time, with decorrelated
 * jitter, and never less than the provider asked for; one that asks for more than the longest wait is not asked again.
 * @param attempt - Gets the number of the attempt, from 1.
 * @throws FailedAttempt - The last one; `HIL_PROVIDER_CANCELLED` at once when the signal is raised, also between attempts.
 */
export async function withRetries<Result>(
  attempt: (number: number) => Promise<Result>,
  { attempts, backoffMs, maxBackoffMs }: LiveLimits,
  signal: AbortSignal,
  clock: Clock,
): Promise<Result> {
  const exponential = new ExponentialBackoff<Attempted>({ initialDelay: backoffMs, maxDelay: maxBackoffMs });
  const backoff = new DelegateBackoff<Attempted, IBackoff<Attempted>>((context, before) => {
    const state = before === undefined ? exponential.next() : before.next(context);
    const { error } = context.result as { readonly error?: FailedAttempt };
    return { delay: Math.max(state.duration, error?.failure.retryAfterMs ?? 0), state };
  });
  const policy = retry(
    handleWhen((error) => {
      if (!(error instanceof FailedAttempt)) return false;
      const { retryable, retryAfterMs = 0 } = error.failure;
      return retryable && retryAfterMs <= maxBackoffMs;
    }),
    { maxAttempts: attempts - 1, backoff },
  ).dangerouslyUnref();
  // The policy would sit out its wait; so its timer holds no process, and ours does until there is a result.
  const release = clock.after(MAX_TIMER_MS, () => undefined);
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(cancelledAttempt());
    signal.addEventListener('abort', cancel);
  });
  try {
    return await Promise.race([
      cancelled,
      policy.execute(({ attempt: retries }) => {
        if (signal.aborted) throw cancelledAttempt();
        return attempt(retries + 1);
      }),
    ]);
  } finally {
    release();
    signal.removeEventListener('abort', cancel);
  }
}
