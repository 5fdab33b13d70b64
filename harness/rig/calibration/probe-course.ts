import type { ProbeSegment } from './follow-probe';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, hypot, max, sqrt } = Math;

/** Pieces are placed this well at best: less scatter is luck. */
const PLACED_TO_SAMPLES = 0.02;
/** A piece that stands further from where drift takes it did not drift there. */
const JUMP_SAMPLES = 1.5;
/** ... and further than this many times what pieces scatter by. */
const JUMP_OVER_SCATTER = 8;
/** A place at which the capture holds less or more than was played. */
export interface ProbeBreak {
  /** In samples of the probe, known to one piece of 50 ms. */
  readonly atProbeSample: number;
  /** Positive: so many samples are missing. Negative: so many were put in. */
  readonly lostSamples: number;
}

/** How a probe went through. */
export interface ProbeCourse {
  /** Where sample 0 of the probe stands in the capture, as its first unbroken stretch says at that stretch's middle. */
  readonly atSample: number;
  /** One standard uncertainty of it. */
  readonly uncertaintySamples: number;
  /** Middle of that stretch, in samples of the probe. */
  readonly middleSample: number;
  /** How much longer the capture takes than the probe: positive when the capture's clock is the faster one. */
  readonly driftPpm: number;
  readonly driftUncertaintyPpm: number;
  readonly breaks: readonly ProbeBreak[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
};

const middleOf = ({ fromSample, toSample }: ProbeSegment): number => (fromSample + toSample) / 2;

/** Samples of displacement per sample of the probe: the median over neighbours, of which a jump spoils one pair. */
function commonSlope(segments: readonly ProbeSegment[]): number {
  const slopes = segments.slice(1).map((segment, i) => {
    const before = segments[i] ?? segment;
    return (
      (segment.displacementSamples - before.displacementSamples) / (middleOf(segment) - middleOf(before))
    );
  });
  return median(slopes);
}

interface Run {
  readonly segments: ProbeSegment[];
}

/** Most of a piece has to be the probe before it makes a stretch by itself: in noise a piece may be found where it is not. */
const ALONE_FROM = 0.5;

const likeness = ({ product, probeEnergy, heardEnergy }: ProbeSegment): number =>
  probeEnergy * heardEnergy === 0 ? 0 : product ** 2 / (probeEnergy * heardEnergy);

/** Pieces that drift alone explains, one stretch after another. */
function unbrokenRuns(segments: readonly ProbeSegment[], slope: number): Run[] {
  const steps = segments.slice(1).map((segment, i) => {
    const before = segments[i] ?? segment;
    return (
      segment.displacementSamples -
      before.displacementSamples -
      slope * (middleOf(segment) - middleOf(before))
    );
  });
  const scatter = 1.5 * median(steps.map(abs));
  const limit = max(JUMP_SAMPLES, JUMP_OVER_SCATTER * scatter);
  const runs: Run[] = [];
  for (const [i, segment] of segments.entries()) {
    const last = runs.at(-1);
    if (last === undefined || abs(steps[i - 1] ?? 0) > limit) runs.push({ segments: [segment] });
    else last.segments.push(segment);
  }
  const isStretch = ({ segments: [only, ...others] }: Run): boolean =>
    only !== undefined && (others.length > 0 || likeness(only) >= ALONE_FROM);
  return runs.length === 1 ? runs : runs.filter(isStretch);
}

/** Straight line through the pieces of all runs: one slope, an offset for each. */
function fit(runs: readonly Run[]): {
  readonly slope: number;
  readonly uncertainty: number;
  readonly scatter: number;
} {
  let [products, squares] = [0, 0];
  const centred = runs.flatMap(({ segments }) => {
    const at = segments.reduce((sum, segment) => sum + middleOf(segment), 0) / segments.length;
    const displacement =
      segments.reduce((sum, { displacementSamples }) => sum + displacementSamples, 0) / segments.length;
    return segments.map((segment) => ({
      x: middleOf(segment) - at,
      y: segment.displacementSamples - displacement,
    }));
  });
  for (const { x, y } of centred) {
    products += x * y;
    squares += x * x;
  }
  if (squares === 0) return { slope: 0, uncertainty: Infinity, scatter: PLACED_TO_SAMPLES };
  const slope = products / squares;
  const residual = centred.reduce((sum, { x, y }) => sum + (y - slope * x) ** 2, 0);
  const freedom = max(1, centred.length - runs.length - 1);
  const scatter = hypot(sqrt(residual / freedom), PLACED_TO_SAMPLES);
  return { slope, uncertainty: scatter / sqrt(squares), scatter };
}

/**
 * What the places of the pieces say: where the probe stands, how the clocks of playback and capture differ, and where sound
 * was lost or put in. A break of 1.5 samples and more is told from drift.
 * @returns undefined for fewer than two pieces.
 */
export function probeCourse(segments: readonly ProbeSegment[]): ProbeCourse | undefined {
  if (segments.length < 2) return undefined;
  const runs = unbrokenRuns(segments, commonSlope(segments));
  const first = runs[0];
  if (first === undefined) return undefined;
  const { slope, uncertainty, scatter } = fit(runs);
  const middle = (run: Run): number =>
    run.segments.reduce((sum, segment) => sum + middleOf(segment), 0) / run.segments.length;
  const displacement = (run: Run): number =>
    run.segments.reduce((sum, { displacementSamples }) => sum + displacementSamples, 0) / run.segments.length;
  const breaks = runs.slice(1).flatMap((run, i) => {
    const before = runs[i] ?? run;
    const lostSamples = -(displacement(run) - displacement(before) - slope * (middle(run) - middle(before)));
    // A stretch that went on where the one before had ended was only interrupted by a piece of it.
    if (abs(lostSamples) < JUMP_SAMPLES) return [];
    return [{ atProbeSample: run.segments[0]?.fromSample ?? 0, lostSamples }];
  });
  return {
    atSample: displacement(first),
    uncertaintySamples: scatter / sqrt(first.segments.length),
    middleSample: middle(first),
    driftPpm: slope * 1e6,
    driftUncertaintyPpm: uncertainty * 1e6,
    breaks,
  };
}
