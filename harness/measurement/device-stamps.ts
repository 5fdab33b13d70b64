import type { ConsoleLink, StampedLine } from '../ports';
import type { ClockPoint } from './clock-map';

/** `esp_log_timestamp` counts milliseconds in 32 bits and starts again at 0 after 49.7 days. */
const WRAP_MS = 2 ** 32;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/**
 * A clock that goes on keeps its offset to the host's: lines come late by less than this where nothing is dumped, and a boot
 * takes longer, so a larger step upwards is another boot.
 */
const SAME_CLOCK_MS = 50;
/** Crystals of board and host together; datasheets give a tenth of it. */
const DRIFT_PPM = 300;
/** A first line can be late by a dump ahead of it; a stamp that is further ahead of its clock is a stray number. */
const LATEST_MS = 10_000;

/** A stamped line; of the answer to a ping, with the instant at which the ping left: it was not stamped before. */
export type PingedLine = StampedLine & { readonly notBeforeHostMs?: number };

/** A stamped line with the arrival of its first byte, the time on the wire taken out. */
export interface StampedPoint extends ClockPoint {
  readonly boot: number;
  readonly notBeforeHostMs?: number;
}

/** Stamps of one run of a board's clock: from a boot to the next. Wraps of the counter are taken out of `at`. */
export interface StampSegment {
  /** Numbers that the console gave to these lines; more than one where a stray stamp looked like a boot. */
  readonly boots: ReadonlySet<number>;
  readonly points: readonly StampedPoint[];
}

/**
 * When the first byte of each line began to leave the board, as late as it can have been. A UART takes ten bits a byte, so it
 * began one byte before it had arrived, and where one read brought several lines, before all the bytes up to the last of them.
 * Native USB has no wire time that counts.
 */
export function departures(lines: readonly PingedLine[], link: ConsoleLink | undefined): StampedPoint[] {
  const byteMs = link?.kind === 'uart' ? (BITS_PER_BYTE * 1000) / link.baudRate : 0;
  const lastOffset = new Map<number, number>();
  for (const { hostAtMs, byteOffset } of lines)
    lastOffset.set(hostAtMs, Math.max(byteOffset, lastOffset.get(hostAtMs) ?? byteOffset));
  return lines.map(({ deviceAtMs, hostAtMs, byteOffset, boot, notBeforeHostMs }) => {
    const behind = (lastOffset.get(hostAtMs) ?? byteOffset) - byteOffset;
    const point = { at: deviceAtMs, hostAtMs: hostAtMs - (behind + 1) * byteMs, boot };
    return notBeforeHostMs === undefined ? point : { ...point, notBeforeHostMs };
  });
}

interface OpenSegment {
  readonly boots: Set<number>;
  readonly points: StampedPoint[];
  wraps: number;
  /** The promptest line so far: least host time over its device time. */
  prompt: StampedPoint;
}

const offsetMs = ({ at, hostAtMs }: ClockPoint): number => hostAtMs - at;

/** Time by which a stamp is later than the promptest one of a segment, and what drift may have to do with it. */
function lateness(segment: OpenSegment, point: StampedPoint): { lateMs: number; driftMs: number } {
  const driftMs = Math.abs(point.at - segment.prompt.at) * DRIFT_PPM * 1e-6;
  return { lateMs: offsetMs(point) - offsetMs(segment.prompt), driftMs };
}

function add(segment: OpenSegment, point: StampedPoint): void {
  segment.boots.add(point.boot);
  segment.points.push(point);
  const { lateMs } = lateness(segment, point);
  if (lateMs < 0 && lateMs > -LATEST_MS) segment.prompt = point;
}

/** A stamp as it reads after so many wraps of the counter. */
const afterWraps = (point: StampedPoint, wraps: number): StampedPoint => ({
  ...point,
  at: point.at + wraps * WRAP_MS,
});

/**
 * Sorts stamped lines by the boot whose clock they carry. The console numbers boots by banners and by a clock that falls
 * back; a stray number that reads like a stamp, and the wrap of the counter, look like the latter. So a stamp that lies on
 * the clock of the boot before goes there.
 */
export function stampSegments(points: readonly StampedPoint[]): readonly StampSegment[] {
  const segments: OpenSegment[] = [];
  for (const point of points) {
    if (!(point.at >= 0 && point.at < WRAP_MS)) continue;
    const recent = segments.slice(-2).reverse();
    const place = recent
      .flatMap((segment) => [segment.wraps, segment.wraps + 1].map((wraps) => ({ segment, wraps })))
      .find(({ segment, wraps }) => {
        const { lateMs, driftMs } = lateness(segment, afterWraps(point, wraps));
        return Math.abs(lateMs) < SAME_CLOCK_MS + driftMs;
      });
    const current = recent[0];
    if (place !== undefined) {
      place.segment.wraps = place.wraps;
      add(place.segment, afterWraps(point, place.wraps));
    } else if (current?.boots.has(point.boot) === true) {
      // Late by a dump, or a stray number: the fit sorts that out.
      add(current, afterWraps(point, current.wraps));
    } else {
      segments.push({ boots: new Set([point.boot]), points: [point], wraps: 0, prompt: point });
    }
  }
  return segments;
}
