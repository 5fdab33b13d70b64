import type { RigClockPoint } from '../ports';

/** One reading of a foreign clock and of the host's. */
export interface ClockPoint {
  readonly at: number;
  readonly hostAtMs: number;
}

/** An instant on the host's clock with one standard uncertainty. */
export interface MappedInstant {
  readonly hostAtMs: number;
  readonly uncertaintyMs: number;
}

/** Maps instants of one clock to the host's; the only place where clocks are crossed. */
export interface ClockMap {
  /** Host milliseconds per unit of the foreign clock. */
  readonly slope: number;
  toHost(at: number): MappedInstant;
  /** The inverse, without uncertainty. */
  fromHost(hostAtMs: number): number;
}

/** Crystals of sound cards and boards; a steeper line was drawn through too few points or through a bursty stretch. */
const SLOPE_LIMIT_PPM = 300;

const cross = (o: ClockPoint, a: ClockPoint, b: ClockPoint): number =>
  (a.at - o.at) * (b.hostAtMs - o.hostAtMs) - (a.hostAtMs - o.hostAtMs) * (b.at - o.at);

/** Points of the lower convex hull, from left to right. */
export function lowerHull(points: readonly ClockPoint[]): ClockPoint[] {
  const hull: ClockPoint[] = [];
  for (const point of [...points].sort((a, b) => a.at - b.at || a.hostAtMs - b.hostAtMs)) {
    for (;;) {
      const [before, last] = [hull.at(-2), hull.at(-1)];
      if (before === undefined || last === undefined || cross(before, last, point) > 0) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

/**
 * Line under the lower convex hull of the points: readings arrive late, never early (measurement.md section 6). Of all
 * lines below every point it is the one that is closest to them on average, which is the hull's edge over their mean;
 * its slope is kept within ±300 ppm of the nominal one.
 *
 * The uncertainty is the median lateness of the points, taken as a uniform error of the envelope (÷ √12), and grows by the
 * slope's share of it outside the stretch that the points cover.
 * @param nominalSlope - Host milliseconds per unit of the foreign clock.
 * @returns undefined for fewer than two points.
 */
export function fitClockMap(points: readonly ClockPoint[], nominalSlope: number): ClockMap | undefined {
  const hull = lowerHull(points);
  const first = hull[0];
  const last = hull.at(-1);
  if (points.length < 2 || first === undefined || last === undefined || last.at <= first.at) return undefined;
  const mean = points.reduce((sum, { at }) => sum + at, 0) / points.length;
  const upper = Math.max(
    1,
    hull.findIndex(({ at }) => at >= mean),
  );
  const [left, right] = [hull[upper - 1] ?? first, hull[upper] ?? last];
  const limit = nominalSlope * SLOPE_LIMIT_PPM * 1e-6;
  const steep = (right.hostAtMs - left.hostAtMs) / (right.at - left.at);
  const slope = Math.min(nominalSlope + limit, Math.max(nominalSlope - limit, steep));
  const heights = points.map(({ at, hostAtMs }) => hostAtMs - slope * (at - mean)).sort((a, b) => a - b);
  const base = heights[0] ?? 0;
  const spreadMs = ((heights[Math.floor(heights.length / 2)] ?? base) - base) / Math.sqrt(12);
  const span = last.at - first.at;
  return {
    slope,
    toHost(at) {
      const beyond = Math.max(0, first.at - at, at - last.at) / span;
      return { hostAtMs: base + slope * (at - mean), uncertaintyMs: spreadMs * (1 + beyond) };
    },
    fromHost: (hostAtMs) => mean + (hostAtMs - base) / slope,
  };
}

/** Rig samples to host time, from the moments at which blocks of the capture were in hand; undefined for under two blocks. */
export const rigClockMap = (points: readonly RigClockPoint[], rateHz: number): ClockMap | undefined =>
  fitClockMap(
    points.map(({ rigSample, hostAtMs }) => ({ at: rigSample, hostAtMs })),
    1000 / rateHz,
  );

/**
 * The same of a simulated rig, which goes in lock-step with its board: while it is late the sound stands still, and what reaches the board
 * meanwhile is in a sample that the line has long before. So nothing is placed later than the block that was exchanged when it came.
 */
export function lockStepClockMap(points: readonly RigClockPoint[], rateHz: number): ClockMap | undefined {
  const line = rigClockMap(points, rateHz);
  return (
    line && {
      ...line,
      fromHost(hostAtMs) {
        const at = line.fromHost(hostAtMs);
        const next = points.findIndex((point) => point.hostAtMs >= hostAtMs);
        const exchanged = points[(next < 0 ? points.length : next) - 1];
        return exchanged === undefined ? at : Math.min(at, exchanged.rigSample);
      },
    }
  );
}
