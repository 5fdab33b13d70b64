import { noiseFloorDbFs, type PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import type { FoundPrompt } from './found-prompt';
import type { Take } from './take';
import { levelOf } from './witness';

/** Levels of a turn's capture that belong to the rig. */
export interface TurnLevels {
  /** RMS of the prompt's speech on its channel, dB re full scale; undefined: the prompt was not found, or no channel hears it. */
  readonly loopbackDbFs: number | undefined;
  /** That against the prompt's own level, dB; undefined as above, absent in turns that older versions measured. */
  readonly loopbackGainDb?: number | undefined;
  /** Of the speaker channel ahead of the prompt, dB re full scale; undefined: no capture, or digital silence. */
  readonly noiseFloorDbFs: number | undefined;
  /**
   * The reply on the loopback channel against the speaker channel, dB; undefined: none that stands out of the noise, no reply, or
   * no loopback channel.
   */
  readonly crossTalkDb?: number | undefined;
}

/** @param clip - The prompt's own sound. */
export function turnLevels(
  record: TurnRecord,
  take: Take,
  prompt: FoundPrompt | undefined,
  clip: PcmClip,
): Pick<TurnLevels, 'loopbackDbFs' | 'loopbackGainDb' | 'noiseFloorDbFs'> {
  if (take.state === 'bad')
    return { loopbackDbFs: undefined, loopbackGainDb: undefined, noiseFloorDbFs: undefined };
  const { speaker, promptChannel } = take;
  if (prompt === undefined)
    return {
      loopbackDbFs: undefined,
      loopbackGainDb: undefined,
      noiseFloorDbFs: noiseFloorDbFs(speaker.samples, speaker.rateHz),
    };
  const from = Math.max(0, Math.round(prompt.onsetAtSample));
  const noise = noiseFloorDbFs(speaker.samples.subarray(0, from), speaker.rateHz);
  if (promptChannel === undefined)
    return { loopbackDbFs: undefined, loopbackGainDb: undefined, noiseFloorDbFs: noise };
  const loopbackDbFs = levelOf(promptChannel.samples.subarray(from, Math.round(prompt.offsetAtSample + 1)));
  const { onsetSample, offsetSample } = record.prompt;
  return {
    loopbackDbFs,
    loopbackGainDb: loopbackDbFs - levelOf(clip.samples.subarray(onsetSample, offsetSample + 1)),
    noiseFloorDbFs: noise,
  };
}
