import { setImmediate } from 'node:timers/promises';
import { resample, type PcmClip } from '../../audio';

/** By clip object, then by rate. */
const converted = new WeakMap<PcmClip, Map<number, Promise<PcmClip>>>();

/**
 * A clip at a rig's rate. Conversion takes 60 ms a second of sound, in pieces between which the rig has its turn, so each clip object is
 * converted once for each rate; clips are never changed after they were made.
 * @throws HilError `HIL_AUDIO_RATE`.
 */
export function atRigRate(clip: PcmClip, rateHz: number): Promise<PcmClip> {
  const byRate = converted.get(clip) ?? new Map<number, Promise<PcmClip>>();
  converted.set(clip, byRate);
  const result =
    byRate.get(rateHz) ??
    (clip.rateHz === rateHz ? Promise.resolve(clip) : resample(clip, rateHz, setImmediate));
  byRate.set(rateHz, result);
  return result;
}
