import { BANDS, framesIn, type BandPowers } from './band-powers';
import { BLEED_MARGIN, type Bleed } from './bleed';
import type { NoiseFloor } from './noise-floor';

const { exp, log, log10, max, min, sqrt } = Math;

/** Levels are taken over one stretch: a syllable moves little within it, and each counts as one independent observation. */
const STRETCH_MS = 20;
/** Levels of speech scatter by so many dB around a mean this far under the loud part. */
const SPEECH = { underLoudDb: 4, deviationDb: 6 } as const;
/** Share of speech that is as loud as the noise: closures and pauses. */
const PAUSES = 0.4;
/** Evidence of one stretch at most, in nats: three of them (60 ms) outweigh a pause of 170 ms. */
const MOST = 4;
/** Least deviation of noise in dB, and how much wider its tail is than the stretches that were seen. */
const NOISE = { leastDeviationDb: 1, widening: 1.3 } as const;

/** Level of each frame's next 20 ms over the noise, the prompt's bleed counted to the noise; dB. */
export function levelsOverNoise(
  { powers, frames }: BandPowers,
  noise: NoiseFloor,
  bleed: Bleed | undefined,
): Float64Array {
  const heard = new Float64Array(frames + 1);
  const expected = new Float64Array(frames + 1);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    let without = 0;
    for (let band = 0; band < BANDS; band++) {
      const index = frame * BANDS + band;
      sum += powers[index] ?? 0;
      without += (noise.power[band] ?? 0) + BLEED_MARGIN * (bleed?.[index] ?? 0);
    }
    heard[frame + 1] = (heard[frame] ?? 0) + sum;
    expected[frame + 1] = (expected[frame] ?? 0) + without;
  }
  const stretch = framesIn(STRETCH_MS);
  return Float64Array.from({ length: frames }, (_, frame) => {
    const to = min(frames, frame + stretch);
    const sum = (heard[to] ?? 0) - (heard[frame] ?? 0);
    return 10 * log10(max(1e-3, sum / ((expected[to] ?? 0) - (expected[frame] ?? 0))));
  });
}

/** How the level of noise alone moves. */
export interface NoiseLevels {
  readonly meanDb: number;
  readonly deviationDb: number;
}

/** Mean and deviation of the level over frames without speech. */
export function noiseLevelsOf(levelsDb: Float64Array, quiet: readonly number[]): NoiseLevels {
  let sum = 0;
  let squares = 0;
  for (const frame of quiet) {
    sum += levelsDb[frame] ?? 0;
    squares += (levelsDb[frame] ?? 0) ** 2;
  }
  const meanDb = sum / max(1, quiet.length);
  const deviationDb = sqrt(max(0, squares / max(1, quiet.length) - meanDb ** 2));
  return { meanDb, deviationDb: max(NOISE.leastDeviationDb, NOISE.widening * deviationDb) };
}

/** A stretch in which there is more and more evidence for speech. */
export interface SpeechRun {
  /** Where the evidence began to pile up, and where one stretch was beyond doubt. */
  readonly start: number;
  readonly anchor: number;
}

/**
 * The first run of speech (cumulated sum of log-likelihood ratios, Page 1954): a peak of the noise adds evidence that the
 * stretches after it take away again, so that only a rise that leads to speech gets as far as `enough`.
 * @param loudDb - Loud part of the speech over the noise.
 * @param enough - Nats.
 */
export function firstRun(
  levelsDb: Float64Array,
  { meanDb, deviationDb }: NoiseLevels,
  loudDb: number,
  { from, to, enough }: { readonly from: number; readonly to: number; readonly enough: number },
): SpeechRun | undefined {
  const speechDb = loudDb - SPEECH.underLoudDb;
  let sum = 0;
  let start = from;
  let anchor = -1;
  for (let frame = from; frame < to; frame++) {
    const level = levelsDb[frame] ?? 0;
    // What is quieter than noise is no speech; what is louder than the loud part is no less speech than that.
    const noisy = exp(-0.5 * (max(0, level - meanDb) / deviationDb) ** 2) / deviationDb;
    const spoken = exp(-0.5 * (min(0, level - speechDb) / SPEECH.deviationDb) ** 2) / SPEECH.deviationDb;
    const evidence = min(MOST, log(PAUSES + ((1 - PAUSES) * spoken) / max(1e-12, noisy)));
    sum += evidence / framesIn(STRETCH_MS);
    if (sum <= 0) {
      sum = 0;
      start = frame + 1;
      anchor = -1;
      continue;
    }
    if (anchor < 0 && sum >= MOST) anchor = frame;
    if (sum >= enough) return { start, anchor };
  }
  return undefined;
}
