import { bandLimitToSpeech, type PcmClip } from '../../audio';
import { derivedSeed, gainOfDb, samplesIn, seededNormal, seededUniform } from '../../units';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, abs, cos, max, min, sqrt } = Math;

/** A step at either end would click, and would be found by its edge instead of by its middle. */
const FADE_MS = 5;

/** A sound that is like nothing else, with what is known of it. */
export interface Probe extends PcmClip {
  /** RMS in dB re full scale ±1. */
  readonly levelDbFs: number;
  /** Largest sample in dB re full scale; about 12 dB over the RMS. */
  readonly peakDbFs: number;
}

/**
 * Seeded noise in the speech band, 150 to 7 000 Hz, which every rig, room and codec passes. Noise, because no part of it is
 * like another: a place in it is known from 50 ms, whatever was lost before; and because its peaks reach 12 dB over its
 * level, so that headroom is tried without being louder than speech.
 * @param levelDbFs - RMS; peaks reach full scale from about -12 on and are limited there.
 */
export function noiseProbe({
  rateHz,
  durationMs,
  levelDbFs,
  seed,
}: {
  readonly rateHz: number;
  readonly durationMs: number;
  readonly levelDbFs: number;
  readonly seed: number;
}): Probe {
  const lengthSamples = samplesIn(durationMs, rateHz);
  const normal = seededNormal(seededUniform(derivedSeed(seed, 'rig probe')));
  const white = Float32Array.from({ length: lengthSamples }, normal);
  const { samples } = bandLimitToSpeech({ samples: white, rateHz });
  const fade = samplesIn(FADE_MS, rateHz);
  let energy = 0;
  for (let n = 0; n < samples.length; n++) {
    const fromEnd = min(n + 1, samples.length - n);
    if (fromEnd < fade) samples[n] = (samples[n] ?? 0) * (0.5 - 0.5 * cos((PI * fromEnd) / fade));
    energy += (samples[n] ?? 0) ** 2;
  }
  const gain = gainOfDb(levelDbFs) / sqrt(energy / samples.length);
  let peak = 0;
  for (let n = 0; n < samples.length; n++) {
    const value = max(-1, min(1, (samples[n] ?? 0) * gain));
    samples[n] = value;
    peak = max(peak, abs(value));
  }
  return { samples, rateHz, levelDbFs, peakDbFs: 20 * Math.log10(peak) };
}
