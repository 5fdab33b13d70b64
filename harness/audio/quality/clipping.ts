/** Samples in a row at the extreme that are a flat top: a wave that turns there by itself has one or two. */
const FLAT_TOP_SAMPLES = 3;
/**
 * A flat top is cut off a slope, so the signal leaves it by more than this at one side. A slow wave in 16 bits also rests on its
 * highest step for three samples, but then it turns by less than one step a sample, and is at most 3.5 steps down at the next.
 */
const CORNER = 4 / 32_768;

/** What a converter or an amplifier cut off. */
export interface Clipping {
  readonly clippedSamples: number;
  /** Flat tops that hold them. */
  readonly runs: number;
}

interface FlatTops {
  clippedSamples: number;
  runs: number;
}

/** Adds the flat tops at one extreme. */
function addFlatTops(samples: Float32Array, extreme: number, found: FlatTops): void {
  if (extreme === 0) return;
  const corner = (outside: number | undefined): boolean =>
    outside !== undefined && (extreme > 0 ? extreme - outside : outside - extreme) > CORNER;
  for (let n = samples.indexOf(extreme); n >= 0; n = samples.indexOf(extreme, n)) {
    const from = n;
    while (samples[n] === extreme) n++;
    if (n - from < FLAT_TOP_SAMPLES || !(corner(samples[from - 1]) || corner(samples[n]))) continue;
    found.clippedSamples += n - from;
    found.runs += 1;
  }
}

/**
 * Counts the samples that are stuck at the highest or the lowest value of a sound: flat tops of three samples and more. The
 * extremes need not be full scale, as what clipped may be an amplifier ahead of the converter, and need not be symmetric.
 * Silence, a constant and a wave that was not cut give 0, in 16 bits as in floating point. Takes about 1 ms per second
 * at 48 kHz.
 * @param samples - The converter's own samples: a resampled flat top is not flat any more.
 */
export function clipping(samples: Float32Array): Clipping {
  let highest = 0;
  let lowest = 0;
  for (let n = 0; n < samples.length; n++) {
    const sample = samples[n] ?? 0;
    if (sample > highest) highest = sample;
    else if (sample < lowest) lowest = sample;
  }
  const found: FlatTops = { clippedSamples: 0, runs: 0 };
  addFlatTops(samples, highest, found);
  addFlatTops(samples, lowest, found);
  return found;
}
