import type { Segment } from './segments';

/** Two crystals of one bench: data sheets say ±10 to ±50 ppm each, ESP32 modules at their worst ±100 (measurement.md). */
const EXPECTED_DRIFT_PPM = 100;
/** A steeper slope is a sample slip, not a clock. */
const DRIFT_LIMIT_PPM = 600;
/** A jump between neighbouring segments beyond this is a gap or a skip and no drift. */
const JUMP_MS = 0.5;
/**
 * Standard error of one segment's place, by trials with rooms, codecs and noise of 10 dB, and how many segments' own scatter
 * that experience is worth.
 */
const SEGMENT_ERROR_MS = 0.005;
const EXPERIENCE_SEGMENTS = 4;

/** Mean size of a normal error of deviation 1: √(2/π). */
const NORMAL_MEAN_SIZE = 0.798;

/** How much longer the sound takes than the reference, with one standard uncertainty; positive: the player is slow. */
export interface ClockDrift {
  readonly stretchPpm: number;
  readonly uncertaintyPpm: number;
}

/**
 * Found segments grouped by where they stand: within a group the clocks alone move things, between groups there was a gap, a
 * skip, or a segment that was taken one pitch period off. In the order of their first segments.
 */
export function steadyRuns(segments: readonly Segment[], rateHz: number): Segment[][] {
  const jumpSamples = (JUMP_MS * rateHz) / 1000;
  const runs: Segment[][] = [];
  for (const segment of segments) {
    const { displacementSamples } = segment;
    if (displacementSamples === undefined) continue;
    const run = runs.findLast(
      (known) =>
        Math.abs((known.at(-1)?.displacementSamples ?? Infinity) - displacementSamples) < jumpSamples,
    );
    if (run === undefined) runs.push([segment]);
    else run.push(segment);
  }
  return runs;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
};

/**
 * Drift from the segments of one steady run: the median of the slopes between all pairs (Theil and Sen), drawn towards 0 as
 * far as a short run knows less than what crystals are known to do.
 */
export function clockDrift(run: readonly Segment[], rateHz: number): ClockDrift {
  const unknown = { stretchPpm: 0, uncertaintyPpm: EXPECTED_DRIFT_PPM };
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined || first === last) return unknown;
  const points = run.map(({ middleSample, displacementSamples = 0 }) => ({
    at: middleSample,
    displacement: displacementSamples,
  }));
  const slopes = points.flatMap((a, i) =>
    points.slice(i + 1).map((b) => (b.displacement - a.displacement) / (b.at - a.at)),
  );
  const slope = median(slopes);
  const measuredPpm = slope * 1e6;
  if (Math.abs(measuredPpm) > DRIFT_LIMIT_PPM) return unknown;
  const residuals = points.map(({ at, displacement }) => displacement - slope * at);
  const middle = median(residuals);
  // By the mean size of what is left and not by its square: the slope does not follow one odd segment either.
  const scatterMs =
    (residuals.reduce((sum, residual) => sum + Math.abs(residual - middle), 0) * 1000) /
    residuals.length /
    rateHz /
    NORMAL_MEAN_SIZE;
  const freedom = run.length - 2;
  const segmentErrorMs = Math.sqrt(
    (EXPERIENCE_SEGMENTS * SEGMENT_ERROR_MS ** 2 + freedom * scatterMs ** 2) /
      (EXPERIENCE_SEGMENTS + freedom),
  );
  const mean = points.reduce((sum, { at }) => sum + at, 0) / points.length;
  const spreadMs = (Math.hypot(...points.map(({ at }) => at - mean)) * 1000) / rateHz;
  const errorPpm = (segmentErrorMs / spreadMs) * 1e6;
  const trust = EXPECTED_DRIFT_PPM ** 2 / (EXPECTED_DRIFT_PPM ** 2 + errorPpm ** 2);
  return { stretchPpm: measuredPpm * trust, uncertaintyPpm: errorPpm * Math.sqrt(trust) };
}
