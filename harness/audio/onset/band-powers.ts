import { bandLimitToSpeech } from '../band-limit';
import type { PcmClip } from '../pcm-clip';
import { spectrumOf, transformSize } from '../spectrum';

const { PI, ceil, cos, floor, max, min, round } = Math;

/** Distance of two frames, in milliseconds; measurement.md section 4 asks for 5 at most. */
export const HOP_MS = 2.5;
/** Whole frames in a time. */
export const framesIn = (ms: number): number => round(ms / HOP_MS);
/** Window of a frame: short enough for a burst, long enough to tell bands of 250 Hz apart. */
const WINDOW_MS = 8;
/** Edges of the bands in hertz: about as wide as speech is smooth, none below the corner of the speech band. */
const BAND_EDGES_HZ = [150, 400, 800, 1300, 2000, 2900, 4000, 5400, 7000] as const;
export const BANDS = BAND_EDGES_HZ.length - 1;

/** A peak of -140 dBFS. */
const INAUDIBLE = 1e-7;

/** Power of a sound over time and frequency. Frame n is centred on sample n × `hopSamples`. */
export interface BandPowers {
  /** Mean square in each band: frame by frame, `BANDS` values each; full scale is 1. */
  readonly powers: Float64Array;
  readonly frames: number;
  readonly hopSamples: number;
}

/** The powers of a sound in the bands of speech; bands that its rate does not carry are 0. */
export function bandPowersOf(sound: PcmClip): BandPowers {
  const { samples } = bandLimitToSpeech(sound);
  const hopSamples = (HOP_MS * sound.rateHz) / 1000;
  const windowSamples = round((WINDOW_MS * sound.rateHz) / 1000);
  const size = transformSize(windowSamples);
  const window = Float32Array.from(
    { length: windowSamples },
    (_, n) => 0.5 - 0.5 * cos((2 * PI * (n + 0.5)) / windowSamples),
  );
  const gain = window.reduce((sum, value) => sum + value * value, 0) * size;
  const edges = BAND_EDGES_HZ.map((hz) => min(size / 2, ceil((hz * size) / sound.rateHz)));
  const frames = floor(samples.length / hopSamples);
  const powers = new Float64Array(frames * BANDS);
  const windowed = new Float32Array(size);
  for (let frame = 0; frame < frames; frame++) {
    const start = round(frame * hopSamples - windowSamples / 2);
    let peak = 0;
    for (let n = 0; n < windowSamples; n++) {
      const sample = samples[start + n] ?? 0;
      windowed[n] = sample * (window[n] ?? 0);
      peak = max(peak, sample, -sample);
    }
    // Below every converter's last bit: most of a prompt that stands alone in its capture.
    if (peak < INAUDIBLE) continue;
    const spectrum = spectrumOf(windowed, 0, size);
    for (let band = 0; band < BANDS; band++) {
      let energy = 0;
      for (let bin = edges[band] ?? 0; bin < (edges[band + 1] ?? 0); bin++)
        energy += (spectrum[2 * bin] ?? 0) ** 2 + (spectrum[2 * bin + 1] ?? 0) ** 2;
      powers[frame * BANDS + band] = (2 * energy) / gain;
    }
  }
  return { powers, frames, hopSamples };
}
