/** Takes back what a clock was asked to do; does nothing the second time. */
export type Cancel = () => void;

/** Where the simulation gets its time from: the host's monotonic clock, or a quicker one in tests. Milliseconds. */
export interface BoardClock {
  nowMs(): number;
  /** The host's wall clock, milliseconds since 1 January 1970 UTC: the time that a board without SNTP is set to. */
  unixMs(): number;
  after(delayMs: number, callback: () => void): Cancel;
}

/** The clock of this machine, shared by all of its processes (`process.hrtime`). */
export const hostClock: BoardClock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
  unixMs: () => Date.now(),
  after(delayMs, callback) {
    // Node drops fractions, and a timer must never fire early.
    const timer = setTimeout(callback, Math.max(0, Math.ceil(delayMs)));
    return () => clearTimeout(timer);
  },
};
