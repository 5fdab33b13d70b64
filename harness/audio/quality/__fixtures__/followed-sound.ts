import { seededNormal, seededUniform } from '../../../measurement/__fixtures__/seeded';
import { signalOf, spectrumOf, transformSize } from '../../spectrum';
import { timeScaled } from '../../time-scale';
import type { FollowedStretch } from '../cross-spectrum';

export const RATE_HZ = 48_000;
export const inMs = RATE_HZ / 1000;

/** White Gaussian noise of RMS 1. */
export function whiteNoise(lengthSamples: number, seed: number): Float32Array {
  const normal = seededNormal(seededUniform(seed));
  return Float32Array.from({ length: lengthSamples }, () => normal());
}

/** Noise of a reply's band (12 kHz), 150 ms a syllable, with a pause of 60 ms after every third. */
export function speechLike(lengthMs: number, seed: number): Float32Array {
  const rateHz = RATE_HZ / 2;
  const syllable = 0.15 * rateHz;
  const white = whiteNoise((lengthMs * rateHz) / 1000, seed);
  let low = 0;
  const samples = white.map((value, n) => {
    const at = n % (3 * syllable + 0.06 * rateHz);
    low += 0.3 * (value - low);
    return at >= 3 * syllable
      ? 0
      : 0.1 * (low + 0.1 * value) * (0.55 + 0.45 * Math.sin((Math.PI * at) / syllable) ** 2);
  });
  return timeScaled(samples, { start: 0, step: 0.5, lengthSamples: lengthMs * inMs });
}

/** A sound in which a reference stands at a fractional place, drifting. */
export function playedAt(
  reference: Float32Array,
  { atSample, ppm = 0, lengthSamples }: { atSample: number; ppm?: number; lengthSamples: number },
): { readonly sound: Float32Array; readonly stretch: FollowedStretch } {
  const step = 1 + ppm * 1e-6;
  const sound = timeScaled(reference, { start: -atSample / step, step: 1 / step, lengthSamples });
  return { sound, stretch: { fromSample: 0, toSample: reference.length, atSample, step } };
}

export const plus = (a: Float32Array, b: Float32Array, gain = 1): Float32Array =>
  a.map((value, n) => value + gain * (b[n] ?? 0));

export const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/** Brick wall at `edgeHz`. */
export function lowPassed(samples: Float32Array, edgeHz: number): Float32Array {
  const spectrum = spectrumOf(samples, 0, transformSize(samples.length));
  const size = spectrum.length - 2;
  spectrum.fill(0, 2 * Math.round((edgeHz * size) / RATE_HZ));
  return Float32Array.from(signalOf(spectrum).subarray(0, samples.length));
}
