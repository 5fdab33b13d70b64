import { BANDS, framesIn, type BandPowers } from './band-powers';
import { BLEED_MARGIN, type Bleed } from './bleed';
import type { NoiseFloor } from './noise-floor';

const { floor, max, min } = Math;

/** A level is taken over one stretch and has to hold over three in a row: a click of 20 ms reaches into two at most. */
const STRETCH_MS = 20;

/** Power over noise and bleed that lasts for 60 ms from each frame on, all bands together; 0 where there is none. */
export function sustainedPower(
  { powers, frames }: BandPowers,
  noise: NoiseFloor,
  bleed: Bleed | undefined,
): Float64Array {
  const total = new Float64Array(frames + 1);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let band = 0; band < BANDS; band++) {
      const index = frame * BANDS + band;
      sum += (powers[index] ?? 0) - (noise.power[band] ?? 0) - BLEED_MARGIN * (bleed?.[index] ?? 0);
    }
    total[frame + 1] = (total[frame] ?? 0) + sum;
  }
  const stretch = framesIn(STRETCH_MS);
  const sustained = new Float64Array(frames);
  for (let frame = 0; frame + 3 * stretch <= frames; frame++) {
    let least = Infinity;
    for (let n = 0; n < 3; n++) {
      const from = frame + n * stretch;
      least = min(least, ((total[from + stretch] ?? 0) - (total[from] ?? 0)) / stretch);
    }
    sustained[frame] = max(0, least);
  }
  return sustained;
}

/** The value that `share` of all values do not exceed; 0 for none. */
export const quantileOf = (values: Float64Array, share: number): number =>
  values.slice().sort()[floor(share * max(0, values.length - 1))] ?? 0;
