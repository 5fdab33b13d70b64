import { spectrumOf } from '../spectrum';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, max, round, sin } = Math;

/** Speech holds still for about this long, and bins are narrow enough for the edge of a band: 1024 samples at 48 kHz. */
const FRAME_MS = 16;

/** A stretch of a reference that was found in a sound, and the line on which its samples stand there. */
export interface FollowedStretch {
  /** Half-open range in samples of the reference. */
  readonly fromSample: number;
  readonly toSample: number;
  /** Where sample `fromSample` stands in the sound, fractional. */
  readonly atSample: number;
  /** Samples of the sound from one sample of the reference to the next: 1 when the clocks agree. */
  readonly step: number;
}

/** Sums over frames of a reference and of the sound that follows it. Bin k stands for k × `binHz`. */
export interface CrossSpectrum {
  readonly binHz: number;
  /** Frames that were summed; each overlaps the next by half. */
  readonly frames: number;
  readonly referencePower: Float64Array;
  readonly soundPower: Float64Array;
  /** Real and imaginary part of the sound against the reference: what of the sound is the reference. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function frameSize(rateHz: number): number {
  let size = 64;
  while ((size * 1000) / rateHz < FRAME_MS) size *= 2;
  return size;
}

/** Sine window: the squares of two halves sum to 1, so that energies and products are those of the sound itself. */
const sineWindow = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => sin((PI * (n + 0.5)) / size));

function windowed(samples: Float32Array, start: number, window: Float32Array): Float32Array {
  const frame = new Float32Array(window.length);
  for (let n = max(0, -start); n < frame.length; n++) frame[n] = (samples[start + n] ?? 0) * (window[n] ?? 0);
  return frame;
}

/**
 * Compares a sound with the reference that it follows, frame by frame (Welch's method): the time of each frame, drift
 * included, is taken out to a fraction of a sample, so that what remains is the path, its noise and its distortion.
 * Takes about 6 ms per second of reference at 48 kHz.
 * @param reference - At the sound's rate, 8 000 to 48 000 Hz.
 */
export function crossSpectrum(
  reference: Float32Array,
  sound: Float32Array,
  rateHz: number,
  stretches: readonly FollowedStretch[],
): CrossSpectrum {
  const size = frameSize(rateHz);
  const bins = size / 2 + 1;
  const window = sineWindow(size);
  const referencePower = new Float64Array(bins);
  const soundPower = new Float64Array(bins);
  const re = new Float64Array(bins);
  const im = new Float64Array(bins);
  let frames = 0;
  for (const { fromSample, toSample, atSample, step } of stretches) {
    for (let start = round(fromSample); start + size <= toSample; start += size / 2) {
      const centre = start + size / 2;
      const place = atSample + (centre - fromSample) * step - size / 2;
      const from = round(place);
      const a = spectrumOf(windowed(reference, start, window), 0, size);
      const b = spectrumOf(windowed(sound, from, window), 0, size);
      // The frame was read at a whole sample: the rest is a turn of its phases, bin by bin.
      const angle = (2 * PI * (place - from)) / size;
      const stepCos = cos(angle);
      const stepSin = sin(angle);
      let turnCos = 1;
      let turnSin = 0;
      for (let k = 0; k < bins; k++) {
        const aRe = a[2 * k] ?? 0;
        const aIm = a[2 * k + 1] ?? 0;
        const bRe = b[2 * k] ?? 0;
        const bIm = b[2 * k + 1] ?? 0;
        const crossRe = aRe * bRe + aIm * bIm;
        const crossIm = aRe * bIm - aIm * bRe;
        referencePower[k] = (referencePower[k] ?? 0) + aRe * aRe + aIm * aIm;
        soundPower[k] = (soundPower[k] ?? 0) + bRe * bRe + bIm * bIm;
        re[k] = (re[k] ?? 0) + crossRe * turnCos - crossIm * turnSin;
        im[k] = (im[k] ?? 0) + crossRe * turnSin + crossIm * turnCos;
        const turned = turnCos * stepCos - turnSin * stepSin;
        turnSin = turnCos * stepSin + turnSin * stepCos;
        turnCos = turned;
      }
      frames += 1;
    }
  }
  return { binHz: rateHz / size, frames, referencePower, soundPower, re, im };
}
