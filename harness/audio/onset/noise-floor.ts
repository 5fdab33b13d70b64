import { BANDS, type BandPowers } from './band-powers';

const { exp, log, max, min } = Math;

/** Noise in each band: its mean power, and how steady it is. */
export interface NoiseFloor {
  readonly power: Float64Array;
  /** Shape of the gamma distribution of a frame's power: 1 for a single tone of noise, more for steadier noise. */
  readonly shape: Float64Array;
}

/** Power of the rounding of 16-bit samples in a band: below it nothing is told from digital silence. */
const LEAST_POWER = 1e-11;
/** What shapes may be: noise of a few bins a band has 1 to 6, and babble scatters more. */
const SHAPE_RANGE = { least: 0.4, most: 6 } as const;

/** Noise of some frames. Clicks and short sounds in up to a third of them hardly move it. */
export function noiseFloorOf({ powers }: BandPowers, frames: readonly number[]): NoiseFloor {
  const power = new Float64Array(BANDS).fill(LEAST_POWER);
  const shape = new Float64Array(BANDS).fill(1);
  const sorted = new Float64Array(frames.length);
  for (let band = 0; band < BANDS && frames.length > 0; band++) {
    for (const [n, frame] of frames.entries())
      sorted[n] = log(max(LEAST_POWER, powers[frame * BANDS + band] ?? 0));
    sorted.sort();
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    // Width between the 16th and the 84th percentile: two deviations of what is nearly normal.
    const deviation = max(0.1, (at(0.84) - at(0.16)) / 2);
    shape[band] = min(SHAPE_RANGE.most, max(SHAPE_RANGE.least, 1 / deviation ** 2 + 0.25));
    // Mean of a log-normal around the median, which outliers do not reach.
    power[band] = max(LEAST_POWER, exp(at(0.5) + min(1, deviation ** 2 / 2) * 0.75));
  }
  return { power, shape };
}
