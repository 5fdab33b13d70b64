import { hostClock, type BoardClock } from '../board-clock';

/** A clock on which board time passes `factor` times as fast, so that a boot of 3.4 s does not hold a test up. */
export const fastClock = (factor: number): BoardClock => ({
  nowMs: () => hostClock.nowMs() * factor,
  unixMs: () => hostClock.unixMs(),
  after: (delayMs, callback) => hostClock.after(delayMs / factor, callback),
});
