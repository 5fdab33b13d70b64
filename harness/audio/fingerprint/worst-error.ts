import { spectrumOf } from '../spectrum';
import { WAVE_RATE_HZ } from './playback';

const { ceil, cos, exp, floor, log, max, min, PI, round } = Math;

const BANDS = 10;
const LOWEST_HZ = 150;
const HIGHEST_HZ = 3800;
const FRAME = 256;
const HOP = 128;
const WINDOW_FRAMES = 5;
/** Codec and reverberation err by some share of the model's energy, and of what rings on: read off the clip, within these. */
const LEAST_SHARE = 0.03;
const MOST_SHARE = 0.6;
/** Reverberation of what was said before rings on, falling by this factor per frame: 60 dB in 0.8 s. */
const LATE_DECAY = 0.75;
const MOST_LATE_SHARE = 0.25;
/** What rings on is as random as noise, and the worst of it decides: that lies well over the median. */
const LATE_QUANTILE = 0.7;
/** Coders of few bits spread a hundredth of a frame's energy over all bands; a converter that clips, a tenth. */
const SPREAD_SHARE = 0.01;
const CLIPPED_SPREAD_SHARE = 0.15;
/** Where there is no noise at all, a recording's own is 40 dB under its speech. */
const SILENCE_SHARE = 1e-4;

const mel = (hz: number): number => 1127 * log(1 + hz / 700);
const edges = Array.from({ length: BANDS + 1 }, (_, band) => {
  const hz = 700 * (exp((mel(LOWEST_HZ) + ((mel(HIGHEST_HZ) - mel(LOWEST_HZ)) * band) / BANDS) / 1127) - 1);
  return round((hz * FRAME) / WAVE_RATE_HZ);
});
const frameWindow = Float32Array.from(
  { length: FRAME },
  (_, n) => 0.5 - 0.5 * cos((2 * PI * (n + 0.5)) / FRAME),
);

/** Energy per frame of 32 ms, each 16 ms, and band: `[frame * BANDS + band]`. */
function cellsOf(samples: Float32Array): Float64Array {
  const frames = max(0, floor((samples.length - FRAME) / HOP) + 1);
  const cells = new Float64Array(frames * BANDS);
  const frame = new Float32Array(FRAME);
  for (let t = 0; t < frames; t++) {
    for (let n = 0; n < FRAME; n++) frame[n] = (samples[t * HOP + n] as number) * (frameWindow[n] as number);
    const spectrum = spectrumOf(frame, 0, FRAME);
    for (let band = 0; band < BANDS; band++) {
      let energy = 0;
      for (let k = 2 * (edges[band] as number); k < 2 * (edges[band + 1] as number); k++)
        energy += (spectrum[k] as number) * (spectrum[k] as number);
      cells[t * BANDS + band] = energy;
    }
  }
  return cells;
}

/**
 * Largest error over 100 ms between what was heard and its model, in multiples of what noise, codec and reverberation explain
 * there, all read off the clip itself: about 1 when the model is right.
 * @param heard - At `WAVE_RATE_HZ`, as the model weighted so that noise is equally strong everywhere.
 * @param leadInSamples - How many samples of it hold noise only.
 * @param isClipped - Whether a converter was overdriven on the way.
 */
export function worstError(
  heard: Float32Array,
  model: Float32Array,
  leadInSamples: number,
  isClipped: boolean,
): number {
  const spreadShare = isClipped ? CLIPPED_SPREAD_SHARE : SPREAD_SHARE;
  const errors = cellsOf(heard.map((sample, n) => sample - (model[n] as number)));
  const explained = cellsOf(model);
  const frames = errors.length / BANDS;
  const noise = noiseOf(cellsOf(heard), max(3, ceil(leadInSamples / HOP) - 3));
  const silence = (SILENCE_SHARE * sumOf(explained)) / explained.length;
  for (let band = 0; band < BANDS; band++) noise[band] = (noise[band] as number) + silence;
  const late = lateOf(explained);
  const ratios = { errors, noise };
  const shares = sharesOf(
    { ...ratios, causes: explained, quantile: 0.5 },
    (at) => (explained[at] as number) > (late[at] as number),
  );
  const lateShares = sharesOf(
    { ...ratios, causes: late, quantile: LATE_QUANTILE },
    (at) => (late[at] as number) > 4 * (explained[at] as number),
  );
  const means = new Float64Array(frames);
  for (let t = 0; t < frames; t++) {
    let sum = 0;
    let inFrame = 0;
    for (let band = 0; band < BANDS; band++) inFrame += (explained[t * BANDS + band] as number) / BANDS;
    for (let band = 0; band < BANDS; band++) {
      const at = t * BANDS + band;
      const usual =
        spreadShare * inFrame +
        (noise[band] as number) +
        max(LEAST_SHARE, min(MOST_SHARE, shares[band] as number)) * (explained[at] as number) +
        max(LEAST_SHARE, min(MOST_LATE_SHARE, lateShares[band] as number)) * (late[at] as number);
      sum += (errors[at] as number) / usual;
    }
    means[t] = sum / BANDS;
  }
  let worst = 0;
  for (let t = 0; t + WINDOW_FRAMES <= frames; t++) {
    let sum = 0;
    for (let n = 0; n < WINDOW_FRAMES; n++) sum += means[t + n] as number;
    worst = max(worst, sum / WINDOW_FRAMES);
  }
  return worst;
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** What still rings of earlier frames. */
function lateOf(cells: Float64Array): Float64Array {
  const late = new Float64Array(cells.length);
  for (let at = BANDS; at < cells.length; at++) {
    const before = at - BANDS;
    late[at] = LATE_DECAY * (late[before] as number) + (1 - LATE_DECAY) * (cells[before] as number);
  }
  return late;
}

/** Mean energy per band of the first frames. */
function noiseOf(cells: Float64Array, frames: number): Float64Array {
  const noise = new Float64Array(BANDS);
  const count = min(frames, cells.length / BANDS);
  for (let t = 0; t < count; t++)
    for (let band = 0; band < BANDS; band++)
      noise[band] = (noise[band] as number) + (cells[t * BANDS + band] as number) / count;
  return noise;
}

interface Ratios {
  readonly errors: Float64Array;
  readonly causes: Float64Array;
  /** Per band, taken off the errors. */
  readonly noise: Float64Array;
  /** Which of the ratios counts as usual: 0.5 is the median. */
  readonly quantile: number;
}

/** Per band the usual error where a cause stands out of the noise, as a share of the cause's energy. */
function sharesOf(
  { errors, causes, noise, quantile }: Ratios,
  applies: (at: number) => boolean,
): readonly number[] {
  const usualOf = (values: readonly number[], share: number): number | undefined =>
    [...values].sort((a, b) => a - b)[floor(values.length * share)];
  const measured = Array.from({ length: BANDS }, (_, band) => {
    const floorEnergy = noise[band] as number;
    const ratios: number[] = [];
    for (let at = band; at < errors.length; at += BANDS) {
      const energy = causes[at] as number;
      if (energy > 3 * floorEnergy && applies(at))
        ratios.push(max(0, (errors[at] as number) - floorEnergy) / energy);
    }
    return ratios.length > 5 ? usualOf(ratios, quantile) : undefined;
  });
  const known = measured.filter((share) => share !== undefined);
  const usual = usualOf(known, 0.5) ?? LEAST_SHARE;
  return measured.map((share) => share ?? usual);
}
