import { resample, type PcmClip } from '../../audio';
import { RIG_RATE_HZ } from './options';

const converted = new WeakMap<PcmClip, Promise<PcmClip>>();

/**
 * A clip at the rig's rate. Conversion holds the process up (60 ms a second of sound), so each clip object is converted
 * once; clips are never changed after they were made.
 * @throws HilError `HIL_AUDIO_RATE`.
 */
export function atRigRate(clip: PcmClip): Promise<PcmClip> {
  let result = converted.get(clip);
  if (result === undefined) {
    result = clip.rateHz === RIG_RATE_HZ ? Promise.resolve(clip) : resample(clip, RIG_RATE_HZ);
    converted.set(clip, result);
  }
  return result;
}
