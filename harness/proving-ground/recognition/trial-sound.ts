import { readFileSync } from 'node:fs';
import { readWav, type PcmClip } from '../../audio';
import type { SpeechClip } from '../../ports';
import { received } from './path';
import { retimed } from './retimed';
import { sound } from './sounds';
import { spoken } from './speak';
import type { Trial, TrialSource } from './trials';

/** Makes what the provider receives in a trial: mono 16-bit at 24 000 Hz. */
export function trialSounds(prompts: readonly SpeechClip[]): (trial: Trial) => Promise<Int16Array> {
  const clips = new Map(prompts.map((clip) => [clip.id, speechOf(clip)]));
  const voices = [...clips.values()];
  const soundOf = async (source: TrialSource): Promise<PcmClip> => {
    if (source.kind === 'spoken') return spoken(source.voice, source.text);
    if (source.kind === 'sound') return sound(source.sound, source.seed, voices);
    const clip = clips.get(source.clipId);
    if (clip === undefined) throw new RangeError(`The corpus has no clip ${source.clipId}.`);
    return clip;
  };
  return async ({ source, path, tempo }) => {
    const clip = await soundOf(source);
    return received(tempo === undefined ? clip : retimed(clip, tempo), path);
  };
}

function speechOf({ path, onsetSample, offsetSample }: SpeechClip): PcmClip {
  const { channels, rateHz } = readWav(readFileSync(path));
  return { samples: (channels[0] ?? new Float32Array()).slice(onsetSample, offsetSample + 1), rateHz };
}
