import type { RigClockPoint } from '../../ports';

const { sqrt } = Math;

/** How fast a rig captures by the host's clock. */
export interface HostRate {
  readonly rateHz: number;
  /** One standard uncertainty: by how much blocks scatter in when they are in hand, over the time watched. */
  readonly uncertaintyHz: number;
}

/** At least this much has to be watched; less says nothing over buffers of 100 ms. */
const LEAST_MS = 1000;

/**
 * Samples of the capture per second of the host's clock: the line under the lower convex hull of the points, since blocks
 * come to hand late and never early (docs/measurement.md, clocks).
 * @returns undefined for less than one second.
 */
export function hostRate(points: readonly RigClockPoint[]): HostRate | undefined {
  const hull: RigClockPoint[] = [];
  for (const point of [...points].sort((a, b) => a.rigSample - b.rigSample)) {
    for (;;) {
      const [before, last] = [hull.at(-2), hull.at(-1)];
      if (before === undefined || last === undefined) break;
      const turn =
        (last.rigSample - before.rigSample) * (point.hostAtMs - before.hostAtMs) -
        (last.hostAtMs - before.hostAtMs) * (point.rigSample - before.rigSample);
      if (turn > 0) break;
      hull.pop();
    }
    hull.push(point);
  }
  const [first, last] = [hull[0], hull.at(-1)];
  if (first === undefined || last === undefined || last.hostAtMs - first.hostAtMs < LEAST_MS)
    return undefined;
  const mean = points.reduce((sum, { rigSample }) => sum + rigSample, 0) / points.length;
  const upper = Math.max(
    1,
    hull.findIndex(({ rigSample }) => rigSample >= mean),
  );
  const [left, right] = [hull[upper - 1] ?? first, hull[upper] ?? last];
  const msPerSample = (right.hostAtMs - left.hostAtMs) / (right.rigSample - left.rigSample);
  const lateMs = points
    .map(({ rigSample, hostAtMs }) => hostAtMs - left.hostAtMs - msPerSample * (rigSample - left.rigSample))
    .sort((a, b) => a - b);
  const medianMs = lateMs[Math.floor(lateMs.length / 2)] ?? 0;
  const rateHz = 1000 / msPerSample;
  return {
    rateHz,
    uncertaintyHz: (rateHz * (medianMs / sqrt(12))) / (last.hostAtMs - first.hostAtMs),
  };
}
