import { fitLinearPath, solveToeplitz, throughPath, type LinearPath } from './linear-path';
import { fitRoomPath, throughRoomPath } from './room-path';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { exp, floor, hypot, max, min, round, sqrt } = Math;

/** Lengths of the filter between player and microphone: an enclosure, an office, a hard room. */
const PATH_MS = [4, 30, 120] as const;
const PATH_LEAD_MS = 1;
/** The length is chosen by what a filter makes of this last part, which it was not learnt from. */
const HELD_OUT_SHARE = 0.3;
/** A filter is learnt from at least twice its length. */
const MOST_OF_LEARNING = 0.5;
/** It is learnt from this much, before anything could have ended. */
const LONGEST_LEARNING_MS = 2000;
/** With less there is nothing to learn it from. */
const SHORTEST_LEARNING_MS = 200;
/** The source has begun when this share of its energy was there. */
const BEGUN_SHARE = 1e-4;
/** What a short path must explain of what was heard to be one. */
const LEAST_EXPLAINED = 0.1;
/** Coefficients of the predictor that makes what is not explained white. */
const WHITENING_ORDER = 16;
const WHITENING_REGULARISATION = 1e-4;
/** Ahead of the first result the noise is taken as loud as the reverberation of what was just played. */
const REVERBERATION_MS = 30;
/** ... and afterwards as what the result leaves unexplained around a place. */
const NOISE_SMOOTHING_MS = 30;
const PASSES = 3;
/** Noise of a converter, power: keeps a division by digital silence away. */
const LEAST_NOISE = 1e-10;
/** Candidates are this far apart. */
const STEP_MS = 1;
/**
 * Log-likelihoods are divided by this: what is left of speech in a room is no white noise, so samples are fewer witnesses
 * than they count. Chosen by trials in rooms whose seeds are in no reported figure.
 */
const TEMPER = 12;
/** Of the onset of a filter and the steps, by the same trials. */
const LEAST_UNCERTAINTY_MS = 0.6;
/** Where the source's end is this likely, relative to the best place, it went on. */
const WENT_ON = 0.01;

/** Where a known sound ended. */
export type CoherentEnd =
  | {
      readonly state: 'ended';
      /** First sample that the sound is not in any more, fractional. */
      readonly atSample: number;
      readonly uncertaintySamples: number;
    }
  /** It went on to the end of what was looked at. */
  | { readonly state: 'went-on' }
  | { readonly state: 'unknown' };

/**
 * Where a known sound that was cut ends in what was heard: the change point between "the source through the room" and "the
 * source until there, and its reverberation". The filter is fitted to what was heard before, the noise to what it leaves.
 * In a pause of the source, and as far as noise hides it, no place is better than another; the answer is the mean of the
 * likely ones and the uncertainty their spread.
 * @param source - What would have been heard had it not ended, aligned with `heard` to within 1 ms; the same length.
 * @param from - The first sample at which it may have ended. @param to - Last + 1 of the source.
 */
export function coherentEnd(
  source: Float32Array,
  heard: Float32Array,
  { from, to, rateHz }: { readonly from: number; readonly to: number; readonly rateHz: number },
): CoherentEnd {
  const inMs = rateHz / 1000;
  const leadSamples = round(PATH_LEAD_MS * inMs);
  const earliest = max(0, round(from - LONGEST_LEARNING_MS * inMs));
  const learnFrom = max(earliest, begun(source, earliest, from) - leadSamples);
  if (from - learnFrom < SHORTEST_LEARNING_MS * inMs) return { state: 'unknown' };
  const rest = unexplained(source.subarray(learnFrom, from), heard.subarray(learnFrom, from), {
    taps: round(PATH_MS[0] * inMs),
    leadSamples,
  });
  if (rest === undefined) return { state: 'unknown' };
  const whitening = { taps: whiteningOf(rest), leadSamples: 0 };
  const played = throughPath(source.subarray(0, to), whitening);
  const took = throughPath(heard.subarray(0, to), whitening);
  const learnt = learnPath(played, took, { learnFrom, from, inMs, leadSamples });
  if (learnt === undefined) return { state: 'unknown' };
  return likeliestEnd(played, took, learnt, { from, inMs });
}

/** First sample from which a source can be heard. */
function begun(source: Float32Array, from: number, to: number): number {
  const enough = BEGUN_SHARE * energyOf(source, from, to);
  let at = from;
  for (let sum = 0; at < to && sum < enough; at++) sum += (source[at] as number) ** 2;
  return at;
}

/** What a short path leaves of a stretch; undefined: it explains next to nothing. */
function unexplained(
  source: Float32Array,
  heard: Float32Array,
  reach: { readonly taps: number; readonly leadSamples: number },
): Float32Array | undefined {
  const path = fitLinearPath(source, heard, reach);
  if (path === undefined) return undefined;
  const rest = throughPath(source, path).map((sample, n) => (heard[n] as number) - sample);
  const energy = energyOf(heard, 0, heard.length);
  const isExplained = energy > 0 && energyOf(rest, 0, rest.length) <= (1 - LEAST_EXPLAINED) * energy;
  return isExplained ? rest : undefined;
}

/** The prediction-error filter of a noise: through it the noise is white. */
function whiteningOf(noise: Float32Array): Float64Array {
  const own = Float64Array.from({ length: WHITENING_ORDER + 1 }, (_, lag) => {
    let sum = 0;
    for (let n = lag; n < noise.length; n++) sum += (noise[n] as number) * (noise[n - lag] as number);
    return sum;
  });
  if (own[0] === 0) return Float64Array.of(1);
  own[0] = (own[0] as number) * (1 + WHITENING_REGULARISATION);
  const predictor = solveToeplitz(own.subarray(0, WHITENING_ORDER), own.subarray(1));
  return Float64Array.of(1, ...predictor.map((value) => -value));
}

interface LearntPath {
  readonly path: LinearPath;
  /** Energy that the filter does not explain over what it makes, where it was not learnt. */
  readonly restShare: number;
}

/** The filter of the length that predicts best, learnt from all that was heard until `from`. */
function learnPath(
  source: Float32Array,
  heard: Float32Array,
  {
    learnFrom,
    from,
    inMs,
    leadSamples,
  }: {
    readonly learnFrom: number;
    readonly from: number;
    readonly inMs: number;
    readonly leadSamples: number;
  },
): LearntPath | undefined {
  const heldOut = round(from - HELD_OUT_SHARE * (from - learnFrom));
  const until = source.subarray(0, from);
  let best: { readonly taps: number; readonly rest: number; readonly restShare: number } | undefined;
  for (const lengthMs of PATH_MS) {
    const taps = round(lengthMs * inMs);
    if (taps > MOST_OF_LEARNING * (heldOut - learnFrom)) break;
    const path = fitRoomPath(source, heard, { from: learnFrom, to: heldOut, taps, leadSamples });
    if (path === undefined) return undefined;
    const expected = throughRoomPath(until, path);
    const rest = energyOf(
      expected.map((sample, n) => (heard[n] as number) - sample),
      heldOut,
      from,
    );
    const restShare = rest / max(energyOf(expected, heldOut, from), LEAST_NOISE);
    if (best === undefined || rest < best.rest) best = { taps, rest, restShare };
  }
  if (best === undefined) return undefined;
  const { taps, restShare } = best;
  const path = fitRoomPath(source, heard, { from: learnFrom, to: from, taps, leadSamples });
  return path && { path, restShare };
}

/** What is left of `heard` when the source ended at a place, with its reverberation taken off. */
function restAfter(
  source: Float32Array,
  heard: Float32Array,
  path: LinearPath,
  endSample: number,
): Float32Array {
  const ended = source.slice().fill(0, endSample);
  return throughRoomPath(ended, path).map((sample, n) => (heard[n] as number) - sample);
}

/** Log-likelihood of each candidate re the first, `step` samples apart. */
function evidenceOf(
  source: Float32Array,
  heard: Float32Array,
  { taps, leadSamples }: LinearPath,
  noise: Float64Array,
  { from, step }: { readonly from: number; readonly step: number },
): Float64Array {
  const rest = restAfter(source, heard, { taps, leadSamples }, from);
  const evidence = new Float64Array(floor((source.length - from) / step) + 1);
  const added = new Float64Array(taps.length + step);
  for (let candidate = 1; candidate < evidence.length; candidate++) {
    const begin = from + (candidate - 1) * step;
    // What this step of the source adds, reverberation included.
    added.fill(0);
    for (let n = 0; n < step; n++) {
      const sample = source[begin + n] as number;
      for (let tap = 0; tap < taps.length; tap++)
        added[n + tap] = (added[n + tap] as number) + sample * (taps[tap] as number);
    }
    let sum = evidence[candidate - 1] as number;
    const place = begin - leadSamples;
    for (let n = max(0, -place), end = min(added.length, rest.length - place); n < end; n++) {
      const there = added[n] as number;
      const left = rest[place + n] as number;
      sum += (there * (left - 0.5 * there)) / (noise[place + n] as number);
      rest[place + n] = left - there;
    }
    evidence[candidate] = sum;
  }
  return evidence;
}

/** Power of what is left, around each sample. */
function localPower(rest: Float32Array, halfSamples: number): Float64Array {
  const sums = new Float64Array(rest.length + 1);
  for (let n = 0; n < rest.length; n++) sums[n + 1] = (sums[n] as number) + (rest[n] as number) ** 2;
  return Float64Array.from(rest, (_, n) => {
    const from = max(0, n - halfSamples);
    const to = min(rest.length, n + halfSamples);
    return ((sums[to] as number) - (sums[from] as number)) / (to - from) + LEAST_NOISE;
  });
}

function likeliestEnd(
  source: Float32Array,
  heard: Float32Array,
  { path, restShare }: LearntPath,
  { from, inMs }: { readonly from: number; readonly inMs: number },
): CoherentEnd {
  const step = round(STEP_MS * inMs);
  const decay = 1 - 1 / (REVERBERATION_MS * inMs);
  let recent = 0;
  let noise: Float64Array = Float64Array.from(throughRoomPath(source, path), (sample) => {
    recent = decay * recent + (1 - decay) * sample * sample;
    return restShare * recent + LEAST_NOISE;
  });
  let evidence: Float64Array = new Float64Array(1);
  let best = 0;
  for (let pass = 1; pass <= PASSES; pass++) {
    evidence = evidenceOf(source, heard, path, noise, { from, step });
    best = 0;
    for (let n = 1; n < evidence.length; n++)
      if ((evidence[n] as number) > (evidence[best] as number)) best = n;
    const rest = restAfter(source, heard, path, from + best * step);
    if (pass < PASSES) noise = localPower(rest, round((NOISE_SMOOTHING_MS / 2) * inMs));
  }
  const top = evidence[best] as number;
  const likelihood = evidence.map((value) => exp((value - top) / TEMPER));
  if ((likelihood.at(-1) as number) > WENT_ON) return { state: 'went-on' };
  const total = likelihood.reduce((sum, value) => sum + value, 0);
  const mean = likelihood.reduce((sum, value, n) => sum + value * n, 0) / total;
  const variance = likelihood.reduce((sum, value, n) => sum + value * (n - mean) ** 2, 0) / total;
  return {
    state: 'ended',
    atSample: from + mean * step,
    uncertaintySamples: hypot(sqrt(variance) * step, step / sqrt(12), LEAST_UNCERTAINTY_MS * inMs),
  };
}

function energyOf(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let n = max(0, from), end = min(samples.length, to); n < end; n++) sum += (samples[n] as number) ** 2;
  return sum;
}
