import type { MappedInstant } from './clock-map';

/** Stamps of provider events and console lines are taken when a socket or port is read: one turn of the event loop. */
export const STAMP_UNCERTAINTY_MS = 0.3;
/** A console line waits for the next USB frame (1 ms, uniform) on its way (measurement.md section 6). */
export const CONSOLE_UNCERTAINTY_MS = 0.5;

/** An instant that the host stamped itself; no other clock is behind it. */
export const stamped = (hostAtMs: number, uncertaintyMs = STAMP_UNCERTAINTY_MS): MappedInstant => ({
  hostAtMs,
  uncertaintyMs,
});
