/**
 * Sentences that differ from a prompt in one word, said by the prompt's own voice: espeak-ng 1.51 with the settings of
 * scripts/make-corpus-texts.mjs, 16 000 Hz. Their band energies come as near as those of the prompt itself through a room.
 */
import { join } from 'node:path';
import { committedCorpus } from '../__fixtures__/small-corpus';
import { received, type Path } from '../__fixtures__/acoustic-path';
import type { SpeechClip } from '../../ports';
import { recordingListener } from './hear-recording';

const near = {
  'bats-for-cats': 'en-joke-a',
  'fourteen-for-forty': 'en-volume-forty-b',
  'wall-for-light': 'en-light-red-a',
  'lan3-for-lan2': 'zh-light-blue-b',
  'hong1-for-hong2': 'zh-light-red-a',
} as const;
const { prompts } = committedCorpus((clip) => Object.values<string>(near).includes(clip.id));
const listen = recordingListener([...prompts.values()], { threshold: 0.5, silenceDurationMs: 200 });
const folder = join(__dirname, '../__fixtures__/near-misses');

/** 10 dB over noise, in a room. */
const path: Path = { gainDb: -6, snrDb: 10, rt60Ms: 300, directToReverberantDb: 0, seed: 21 };

const heardOf = (clip: Pick<SpeechClip, 'path'>, more: Partial<Path>): readonly (string | undefined)[] =>
  listen(received(clip, { ...path, ...more }, 600, 500)).map(({ promptId }) => promptId);

describe.each(Object.entries(near))('%s', (name, id) => {
  it(`is not ${id}, played at any speed`, () => {
    const clip = { path: join(folder, `${name}.wav`) };
    expect(heardOf(clip, { sourceRateHz: 16_000 })).toEqual([undefined]);
    expect(heardOf(clip, { sourceRateHz: 16_000, speed: 1.03, snrDb: 25 })).toEqual([undefined]);
  });

  it(`${id} itself is heard, slower and through a filter too`, () => {
    const clip = prompts.get(id) as SpeechClip;
    expect(heardOf(clip, {})).toEqual([id]);
    expect(heardOf(clip, { speed: 0.955, codecRateHz: 16_000 })).toEqual([id]);
  });
});
