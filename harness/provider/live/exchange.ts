import type { Clock } from '../../ports';
import { Deadlines, type Stage } from './deadlines';
import { cancelledAttempt } from './failure';
import type { LiveLimits } from './live-client';

/** How long a server may keep a connection open behind an answer that is complete. */
export const LINGER_MS = 1_000;

/** The clock that an exchange is timed by, its time limits, and the signal that cancels it. */
export interface ExchangeTerms {
  readonly clock: Clock;
  readonly limits: LiveLimits;
  readonly signal: AbortSignal;
}

/** One question and its answer on a connection of their own. It settles once; what happens to it after that is of no effect. */
export interface Exchange {
  /** Starts the time limit of a stage. */
  readonly enter: (stage: Stage) => void;
  /** Ends all time limits although the connection is still open. */
  readonly stopTiming: () => void;
  /** Takes a step of the connection; what it throws is the exchange's failure. */
  readonly guarded: (step: () => void) => void;
  /** Ends the exchange with its answer. */
  readonly succeed: () => void;
  /** Drops the connection and ends the exchange with a failure. */
  readonly fail: (error: unknown) => void;
}

/**
 * Begins an exchange in the stage `connect`, and waits until it has settled.
 * @param connect - Opens the connection, listens to it and gives back what drops it; not called when already cancelled.
 * @throws FailedAttempt for a missed time limit or a cancel, or what the exchange failed with.
 */
export function settleExchange(
  { clock, limits, signal }: ExchangeTerms,
  connect: (exchange: Exchange) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelledAttempt());
      return;
    }
    let ended = false;
    let drop = (): void => undefined;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      deadlines.stop();
      signal.removeEventListener('abort', cancelled);
      settle();
    };
    const fail = (error: unknown): void =>
      end(() => {
        drop();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    const guarded = (step: () => void): void => {
      if (ended) return;
      try {
        step();
      } catch (error) {
        fail(error);
      }
    };
    const cancelled = (): void => fail(cancelledAttempt());
    const deadlines = new Deadlines(clock, limits, fail);
    deadlines.enter('connect');
    signal.addEventListener('abort', cancelled);
    guarded(() => {
      drop = connect({
        enter: (stage) => deadlines.enter(stage),
        stopTiming: () => deadlines.stop(),
        guarded,
        succeed: () => end(resolve),
        fail,
      });
    });
  });
}
