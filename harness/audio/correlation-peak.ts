import { timeScaled } from './time-scale';
import type { WeightedCorrelation } from './weighted-correlation';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min, round, sign, sqrt } = Math;

/** A reflection may be stronger than the direct sound that came up to this much earlier (measurement.md section 3). */
const EARLIER_WITHIN_MS = 15;
/** An earlier peak counts from this fraction of the strongest on; 0.5 failed in 11 % of hard rooms. */
const EARLIER_FRACTION = 0.35;
/** ... and only by this much over what the reference's likeness to itself explains: its pitch makes peaks, too. */
const EARLIER_OVER_SELF = 0.15;
/** ... and only if it stands out of the noise of the correlation by this factor: chance reaches 4 in 15 ms. */
const EARLIER_OVER_NOISE = 4.5;
/** Other paths disturb the place of a peak when they are this near. */
const PATHS_WITHIN_MS = 5;
/** ... and by this share of what they leave there, some of which is no path but the reference's own; by trials. */
const PATHS_SHARE = 0.35;
/** What else the correlation holds disturbs the peak by this share of its RMS, since some of it is the reference's own; by trials. */
const OUTSIDE_SHARE = 0.7;
/** The main peak's own lobe, left out when looking for its rivals. */
const LOBE_MS = 2;

/** A correlation of 7 kHz reads the same between its samples; so finely that a parabola fits its peaks to 0.001 sample. */
const FINE_RATE_HZ = 40_000;
/** Samples beside a stretch that reading it between samples needs. */
const BESIDE = 16;

/** The place of a reference in a correlation. Positions are indices of the correlation, fractional. */
export interface CorrelationPeak {
  readonly position: number;
  /** Height of the strongest peak, 0 to 1: the share of what is there that is the reference. */
  readonly coherence: number;
  /** Strongest peak over the highest outside ±2 ms of it. */
  readonly confidence: number;
  /** Strongest peak over the RMS of the correlation outside ±2 ms of it. */
  readonly significance: number;
  /**
   * One standard uncertainty of the position: 0.7 of the RMS outside, or 0.35 of what other paths leave within ±5 ms where
   * that is more, ÷ √(height × curvature) of the peak that was taken.
   */
  readonly uncertaintySamples: number;
}

/** Half-open range of indices, which may be fractional. */
type Range = readonly [number, number];

/** A stretch of a correlation, read `perSample` times as finely. */
interface FineStretch {
  readonly values: Float32Array;
  readonly perSample: number;
  /** Index of the correlation at which the fine values start. */
  readonly first: number;
}

function readFinely(correlation: Float64Array, [from, to]: Range, perSample: number): FineStretch {
  const first = max(0, floor(from) - BESIDE);
  const values = Float32Array.from(correlation.subarray(first, max(first, ceil(to) + BESIDE)));
  return {
    values:
      perSample === 1
        ? values
        : timeScaled(values, { start: 0, step: 1 / perSample, lengthSamples: values.length * perSample }),
    perSample,
    first,
  };
}

function strongest(values: Float32Array, [from, to]: Range): number {
  let best = from;
  for (let n = from; n < to; n++) {
    if (abs(values[n] ?? 0) > abs(values[best] ?? 0)) best = n;
  }
  return best;
}

/** Highest and RMS of what lies outside the lobe around `peak`. */
function outside(
  correlation: Float64Array,
  [from, to]: Range,
  peak: number,
  lobe: number,
): { readonly highest: number; readonly rms: number } {
  let highest = 0;
  let energy = 0;
  let count = 0;
  for (let n = from; n < to; n++) {
    if (abs(n - peak) <= lobe) continue;
    const height = abs(correlation[n] ?? 0);
    highest = max(highest, height);
    energy += height * height;
    count += 1;
  }
  return { highest, rms: count === 0 ? 0 : sqrt(energy / count) };
}

/**
 * Finds the reference in a stretch of a correlation: the earliest significant peak within 15 ms before the
 * strongest, to a fraction of a sample by a parabola through three points. Either polarity counts, as an amplifier may invert.
 * @param earliest - False: the strongest peak, whatever comes before it.
 * @param search - Where it may be. @param window - What its noise is taken from. Both half-open.
 * @returns undefined when there is nothing but zeros.
 */
export function correlationPeak(
  { values: correlation, selfLobes }: WeightedCorrelation,
  {
    search,
    window,
    rateHz,
    earliest,
  }: { readonly search: Range; readonly window: Range; readonly rateHz: number; readonly earliest: boolean },
): CorrelationPeak | undefined {
  const perSample = ceil(FINE_RATE_HZ / rateHz);
  const fine = readFinely(correlation, search, perSample);
  const range = [
    max(0, ceil((search[0] - fine.first) * perSample)),
    min(fine.values.length, ceil((search[1] - fine.first) * perSample)),
  ] as const;
  const main = strongest(fine.values, range);
  const height = abs(fine.values[main] ?? 0);
  if (height === 0) return undefined;
  const polarity = sign(fine.values[main] ?? 0);
  const at = (n: number): number => polarity * (fine.values[n] ?? 0);
  const mainAt = fine.first + main / perSample;
  const { highest, rms } = outside(correlation, window, mainAt, (LOBE_MS * rateHz) / 1000);

  const enough = max(EARLIER_FRACTION * height, EARLIER_OVER_NOISE * rms);
  const reach = round((EARLIER_WITHIN_MS * rateHz * perSample) / 1000);
  let lobes: Float32Array | undefined;
  const selfLobe = (distance: number): number => {
    lobes ??= readFinely(selfLobes(mainAt), [0, reach / perSample], perSample).values;
    return lobes[distance] ?? 0;
  };
  const ownLobe = (distance: number): number => {
    return max(...[-1, 0, 1].map((beside) => abs(selfLobe(max(0, distance + beside)))));
  };
  let taken = main;
  for (let n = earliest ? max(range[0], main - reach) : main; n < main; n++) {
    const isPeak = at(n) >= enough && at(n) >= at(n - 1) && at(n) > at(n + 1);
    if (isPeak && at(n) >= (ownLobe(main - n) + EARLIER_OVER_SELF) * height) {
      taken = n;
      break;
    }
  }
  // What other paths add around the direct sound moves its peak like noise, and is stronger there than in all of the window.
  const beside = earliest ? round((PATHS_WITHIN_MS * rateHz * perSample) / 1000) : 0;
  let pathEnergy = 0;
  for (let n = max(0, taken - beside); n < min(fine.values.length, taken + beside); n++)
    pathEnergy += (at(n) - selfLobe(abs(n - taken)) * at(taken)) ** 2;
  const paths = beside === 0 ? 0 : PATHS_SHARE * sqrt(pathEnergy / (2 * beside));
  const disturbance = max(OUTSIDE_SHARE * rms, paths);
  const curvature = 2 * at(taken) - at(taken - 1) - at(taken + 1);
  const shift = curvature > 0 ? (at(taken + 1) - at(taken - 1)) / (2 * curvature) : 0;
  return {
    position: fine.first + (taken + max(-0.5, min(0.5, shift))) / perSample,
    coherence: min(1, height),
    confidence: highest === 0 ? Infinity : height / highest,
    significance: rms === 0 ? Infinity : height / rms,
    uncertaintySamples: (curvature > 0 ? disturbance / sqrt(at(taken) * curvature) : 1) / perSample,
  };
}
