import { fitLinearPath, throughPath } from './linear-path';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { hypot, max, min, round, sqrt } = Math;

/** The way of the sound from player to microphone: a loudspeaker and the first reflections. */
const PATH_MS = 4;
const PATH_LEAD_MS = 1;
/** It is learnt from this much, before anything could have ended. */
const LONGEST_LEARNING_MS = 1000;
/** With less there is nothing to learn it from. */
const SHORTEST_LEARNING_MS = 200;
/** What a path must explain of what was heard to be one. */
const LEAST_EXPLAINED = 0.1;
/** Reverberation that was just played hides an end for about this long, in proportion to its share. */
const REVERBERATION_MS = 30;
/** Noise of a converter, power: keeps a division by digital silence away. */
const LEAST_NOISE = 1e-9;
/**
 * Ends that are this much less likely than the best one, in natural logarithms, are left out. Two standard deviations of
 * white noise are 2; what is left of speech is no white noise, and 12 covered what trials in rooms missed by.
 */
const LIKELY = 12;

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
 * Where a known sound that was cut ends in what was heard: the change point of highest likelihood between "the source
 * through a short path, and noise" and "noise alone", the noise being as loud as the reverberation of what was just played.
 * In a pause of the source, and as far as noise hides it, no place is better than another; the answer is the middle of the
 * likely ones, and the uncertainty their spread and what the room smears.
 * @param source - What would have been heard had it not ended, aligned with `heard` to within 2 ms; the same length.
 * @param from - The first sample at which it may have ended. @param to - Last + 1 of the source.
 */
export function coherentEnd(
  source: Float32Array,
  heard: Float32Array,
  { from, to, rateHz }: { readonly from: number; readonly to: number; readonly rateHz: number },
): CoherentEnd {
  const inMs = rateHz / 1000;
  const learnFrom = max(0, round(from - LONGEST_LEARNING_MS * inMs));
  if (from - learnFrom < SHORTEST_LEARNING_MS * inMs) return { state: 'unknown' };
  const path = fitLinearPath(source.subarray(learnFrom, from), heard.subarray(learnFrom, from), {
    taps: round(PATH_MS * inMs),
    leadSamples: round(PATH_LEAD_MS * inMs),
  });
  if (path === undefined) return { state: 'unknown' };
  const expected = throughPath(source, path);
  const rest = expected.map((sample, n) => (heard[n] as number) - sample);
  const heardEnergy = energyOf(heard, learnFrom, from);
  const restEnergy = energyOf(rest, learnFrom, from);
  if (heardEnergy === 0 || restEnergy > (1 - LEAST_EXPLAINED) * heardEnergy) return { state: 'unknown' };

  // What the path does not explain is as loud as the reverberation of what was just played, and the room's noise besides.
  const unexplained = restEnergy / energyOf(expected, learnFrom, from);
  const decay = 1 - 1 / (REVERBERATION_MS * inMs);
  let recent = 0;
  for (let n = learnFrom; n < from; n++) recent = decay * recent + (1 - decay) * (expected[n] as number) ** 2;
  const evidence = new Float64Array(to - from + 1);
  let best = 0;
  for (let n = from; n < to; n++) {
    const there = expected[n] as number;
    recent = decay * recent + (1 - decay) * there * there;
    const noise = unexplained * recent + LEAST_NOISE;
    const sum = (evidence[n - from] as number) + (there * ((heard[n] as number) - 0.5 * there)) / noise;
    evidence[n - from + 1] = sum;
    if (sum > (evidence[best] as number)) best = n - from + 1;
  }
  const least = (evidence[best] as number) - LIKELY;
  let first = best;
  while (first > 0 && (evidence[first - 1] as number) >= least) first--;
  let last = best;
  while (last < to - from && (evidence[last + 1] as number) >= least) last++;
  if (from + last >= to) return { state: 'went-on' };
  return {
    state: 'ended',
    atSample: from + (first + last) / 2,
    uncertaintySamples: hypot(0.5, (last - first) / sqrt(12), unexplained * REVERBERATION_MS * inMs),
  };
}

function energyOf(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let n = max(0, from), end = min(samples.length, to); n < end; n++) sum += (samples[n] as number) ** 2;
  return sum;
}
