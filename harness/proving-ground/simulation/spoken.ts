import { activeSpeechLevel, rmsDbFs, timeScaled, type PcmClip } from '../../audio';
import type { SpeechClip } from '../../ports';

/** A clip with its sound. */
export interface Spoken {
  readonly clip: SpeechClip;
  readonly sound: PcmClip;
}

const levels = new WeakMap<Float32Array, number>();
const converted = new WeakMap<Float32Array, Map<number, Float32Array>>();

/** Active speech level (ITU-T P.56) of a clip in dBFS; its plain level where P.56 finds no speech. Worked out once. */
export function activeLevelDbFs({ samples, rateHz }: PcmClip): number {
  const known = levels.get(samples);
  if (known !== undefined) return known;
  const level = activeSpeechLevel(samples, rateHz)?.levelDbFs ?? rmsDbFs(samples) ?? -Infinity;
  levels.set(samples, level);
  return level;
}

/** A clip's samples at another rate, without delay: sample n stands at n / rateHz. Worked out once; do not write to it. */
export function atRate({ samples, rateHz: sourceHz }: PcmClip, rateHz: number): Float32Array {
  const known = converted.get(samples)?.get(rateHz);
  if (known !== undefined) return known;
  const step = sourceHz / rateHz;
  const lengthSamples = Math.floor(samples.length / step);
  const made = step === 1 ? samples : timeScaled(samples, { start: 0, step, lengthSamples });
  converted.set(samples, (converted.get(samples) ?? new Map<number, Float32Array>()).set(rateHz, made));
  return made;
}
