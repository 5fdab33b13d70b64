import { noiseFloorDbFs, peakDbFs, rmsDbFs } from '../../audio';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, log10, max, round, sin, sqrt } = Math;

/** Mains, and the harmonics that transformers and rectifiers make of it. */
const MAINS_HZ = [50, 60] as const;
const HARMONICS = 6;
/** Between two harmonics of either mains there is none of them: what is there is noise. */
const BESIDE_HZ = 5;
/** Hum stands out of the noise beside it by this much, or it is none. */
const HUM_OVER_NOISE_DB = 12;

/** A channel while nothing is played. Levels are RMS in dB re full scale ±1. */
export interface QuietChannel {
  /** Every sample is the same: no converter is behind it, or its input is muted. */
  readonly isStuck: boolean;
  /** Absent: digital silence. */
  readonly rmsDbFs?: number;
  /** Tenth percentile of 10 ms frames. Absent: digital silence. */
  readonly floorDbFs?: number;
  readonly peakDbFs?: number;
  /** Absent: none stands out. */
  readonly hum?: { readonly mainsHz: 50 | 60; readonly levelDbFs: number };
}

/** Power of one frequency, under a Hann window: half the square of its amplitude. */
function powerAt(windowed: Float64Array, frequencyHz: number, rateHz: number): number {
  const step = (2 * PI * frequencyHz) / rateHz;
  let [re, im] = [0, 0];
  // A turning pointer instead of a sine for each sample.
  const [stepRe, stepIm] = [cos(step), sin(step)];
  let [turnRe, turnIm] = [1, 0];
  for (let n = 0; n < windowed.length; n++) {
    const value = windowed[n] ?? 0;
    re += value * turnRe;
    im += value * turnIm;
    [turnRe, turnIm] = [turnRe * stepRe - turnIm * stepIm, turnRe * stepIm + turnIm * stepRe];
  }
  // The window's own gain is one half.
  const amplitude = (4 * sqrt(re * re + im * im)) / windowed.length;
  return (amplitude * amplitude) / 2;
}

function humOf(samples: Float32Array, rateHz: number): QuietChannel['hum'] {
  const windowed = Float64Array.from(
    samples,
    (sample, n) => sample * (0.5 - 0.5 * cos((2 * PI * n) / samples.length)),
  );
  const found = MAINS_HZ.map((mainsHz) => {
    let [hum, noise] = [0, 0];
    for (let harmonic = 1; harmonic <= HARMONICS; harmonic++) {
      const frequencyHz = harmonic * mainsHz;
      hum += powerAt(windowed, frequencyHz, rateHz);
      noise +=
        (powerAt(windowed, frequencyHz - BESIDE_HZ, rateHz) +
          powerAt(windowed, frequencyHz + BESIDE_HZ, rateHz)) /
        2;
    }
    return { mainsHz, hum, overNoiseDb: 10 * log10(hum / max(noise, 1e-15)) };
  });
  const strongest = found.reduce((most, one) => (one.hum > most.hum ? one : most));
  return strongest.overNoiseDb < HUM_OVER_NOISE_DB || strongest.hum < 1e-12
    ? undefined
    : { mainsHz: strongest.mainsHz, levelDbFs: round(100 * log10(strongest.hum)) / 10 };
}

/** What a channel holds while nothing is played. @param samples - 0.5 s or more: hum is told from noise by 5 Hz. */
export function quietChannel(samples: Float32Array, rateHz: number): QuietChannel {
  const first = samples[0];
  if (samples.every((sample) => sample === first)) return { isStuck: true };
  const [rms, floor, peak] = [rmsDbFs(samples), noiseFloorDbFs(samples, rateHz), peakDbFs(samples)];
  const hum = humOf(samples, rateHz);
  return {
    isStuck: false,
    ...(rms === undefined ? {} : { rmsDbFs: rms }),
    ...(floor === undefined ? {} : { floorDbFs: floor }),
    ...(peak === undefined ? {} : { peakDbFs: peak }),
    ...(hum === undefined ? {} : { hum }),
  };
}
