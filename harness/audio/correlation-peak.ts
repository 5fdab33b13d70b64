import type { WeightedCorrelation } from './weighted-correlation';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, max, min, round, sign, sqrt } = Math;

/** A reflection may be stronger than the direct sound that came up to this much earlier (measurement.md section 3). */
const EARLIER_WITHIN_MS = 15;
/** An earlier peak counts from this fraction of the strongest on; 0.5 failed in 11 % of hard rooms. */
const EARLIER_FRACTION = 0.35;
/** ... and only by this much over what the reference's likeness to itself explains: its pitch makes peaks, too. */
const EARLIER_OVER_SELF = 0.15;
/** ... and only if it stands out of the noise of the correlation by this factor: chance reaches 4 in 15 ms. */
const EARLIER_OVER_NOISE = 4.5;
/** The main peak's own lobe, left out when looking for its rivals. */
const LOBE_MS = 2;

/** The place of a reference in a correlation. Positions are indices of the correlation, fractional. */
export interface CorrelationPeak {
  readonly position: number;
  /** Height of the strongest peak, 0 to 1: the share of what is there that is the reference. */
  readonly coherence: number;
  /** Strongest peak over the highest outside ±2 ms of it. */
  readonly confidence: number;
  /** Strongest peak over the RMS of the correlation outside ±2 ms of it. */
  readonly significance: number;
  /** One standard uncertainty of the position by noise: RMS outside ÷ √(height × curvature) of the peak that was taken. */
  readonly uncertaintySamples: number;
}

/** Half-open range of indices. */
type Range = readonly [number, number];

function strongest(correlation: Float64Array, [from, to]: Range): number {
  let best = from;
  for (let n = from; n < to; n++) {
    if (abs(correlation[n] ?? 0) > abs(correlation[best] ?? 0)) best = n;
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
  const main = strongest(correlation, search);
  const height = abs(correlation[main] ?? 0);
  if (height === 0) return undefined;
  const polarity = sign(correlation[main] ?? 0);
  const at = (n: number): number => polarity * (correlation[n] ?? 0);
  const { highest, rms } = outside(correlation, window, main, (LOBE_MS * rateHz) / 1000);

  const enough = max(EARLIER_FRACTION * height, EARLIER_OVER_NOISE * rms);
  let lobes: Float64Array | undefined;
  const ownLobe = (distance: number): number => {
    lobes ??= selfLobes();
    return max(...[-1, 0, 1].map((beside) => abs(lobes?.[max(0, distance + beside)] ?? 0)));
  };
  let taken = main;
  const earlierFrom = max(search[0], main - round((EARLIER_WITHIN_MS * rateHz) / 1000));
  for (let n = earliest ? earlierFrom : main; n < main; n++) {
    const isPeak = at(n) >= enough && at(n) >= at(n - 1) && at(n) > at(n + 1);
    if (isPeak && at(n) >= (ownLobe(main - n) + EARLIER_OVER_SELF) * height) {
      taken = n;
      break;
    }
  }
  const curvature = 2 * at(taken) - at(taken - 1) - at(taken + 1);
  const shift = curvature > 0 ? (at(taken + 1) - at(taken - 1)) / (2 * curvature) : 0;
  return {
    position: taken + max(-0.5, min(0.5, shift)),
    coherence: min(1, height),
    confidence: highest === 0 ? Infinity : height / highest,
    significance: rms === 0 ? Infinity : height / rms,
    uncertaintySamples: curvature > 0 ? rms / sqrt(at(taken) * curvature) : 1,
  };
}
