/** Takes back what a Clock was asked to do; does nothing the second time. */
export type Cancel = () => void;

/**
 * The host's monotonic clock. `nowMs` is milliseconds with fractions from a fixed instant that all processes of one
 * machine share (`process.hrtime`), so instants of different processes subtract. Such instants are named `hostAtMs`.
 */
export interface Clock {
  nowMs(): number;
  /** Calls back once, `delayMs` from now or as soon after as the event loop allows. */
  after(delayMs: number, callback: () => void): Cancel;
}

/** Resolves `delayMs` from now. */
export const delay = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => void clock.after(delayMs, resolve));
