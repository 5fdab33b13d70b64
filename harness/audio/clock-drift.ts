import type { Segment } from './segments';

/** Two crystals of one bench: data sheets say ±10 to ±50 ppm each, ESP32 modules at their worst ±100 (measurement.md). */
const EXPECTED_DRIFT_PPM = 100;
/** A steeper slope is a sample slip, not a clock. */
const DRIFT_LIMIT_PPM = 600;
/** A jump between neighbouring segments beyond this is a gap or a skip and no drift. */
const JUMP_MS = 0.5;
/** Standard error of one segment's place in a room, from trials with a direct-to-reverberant ratio of -6 dB. */
const SEGMENT_ERROR_MS = 0.008;

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
  const slopes = run.flatMap((a, i) =>
    run
      .slice(i + 1)
      .map(
        (b) => ((b.displacementSamples ?? 0) - (a.displacementSamples ?? 0)) / (b.fromSample - a.fromSample),
      ),
  );
  const measuredPpm = median(slopes) * 1e6;
  if (Math.abs(measuredPpm) > DRIFT_LIMIT_PPM) return unknown;
  const spanMs = ((last.fromSample - first.fromSample) * 1000) / rateHz;
  // Variance of a slope through n evenly spaced points over the span, 12 σ² / (n span²), and 2 σ² / span² for two.
  const errorPpm = (SEGMENT_ERROR_MS / spanMs) * Math.sqrt(12 / (run.length + 4)) * 1e6;
  const trust = EXPECTED_DRIFT_PPM ** 2 / (EXPECTED_DRIFT_PPM ** 2 + errorPpm ** 2);
  return { stretchPpm: measuredPpm * trust, uncertaintyPpm: errorPpm * Math.sqrt(trust) };
}
