import type { MappedInstant } from './clock-map';

/** Stamps of provider events and console lines are taken when a socket or port is read: one turn of the event loop. */
export const STAMP_UNCERTAINTY_MS = 0.3;
/** Frames of USB 2.0 at full speed: what a chip has received waits for the next. */
const USB_FRAME_MS = 1;

/**
 * Of the arrival of a console line. It waits for a USB frame, uniform in 1 ms (measurement.md section 6), and then for its port to
 * be read. All of that makes it late, never early, and nothing of it is subtracted: so the error counts from 0, not from its mean.
 * @param lateMs - How late the board's lines are by the residuals of its clock map, where there is one; they replace the frame's
 *   share, since they hold it, unless it is more: residuals of few lines with coarse stamps say nothing of a millisecond.
 */
export const consoleUncertaintyMs = (lateMs = 0): number =>
  Math.hypot(Math.max(USB_FRAME_MS / Math.sqrt(3), lateMs), STAMP_UNCERTAINTY_MS);

/** An instant that the host stamped itself; no other clock is behind it. */
export const stamped = (hostAtMs: number, uncertaintyMs = STAMP_UNCERTAINTY_MS): MappedInstant => ({
  hostAtMs,
  uncertaintyMs,
});
