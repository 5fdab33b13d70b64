import { join } from 'node:path';
import { resample, underConditions } from '../audio';
import { packageRoot } from '../config';
import { loadCorpus, readSpeechClip } from '../corpus';
import type { PromptConditions, SpeechClip } from '../ports';
import { promptSound } from './prompt-sound';

const corpus = loadCorpus(join(packageRoot(), 'fixtures'));
const prompt = corpus.prompts.get('en-light-on-a')!;
const workshop: Parameters<typeof promptSound>[0] = {
  clipAtRate: (clip, rateHz) => resample(readSpeechClip(clip), rateHz),
  clipUnder: async (clip: SpeechClip, rateHz, conditions, seed) =>
    underConditions(await resample(readSpeechClip(clip), rateHz), conditions, seed),
};
const sound = (conditions: PromptConditions, playbackGainDb = -10) =>
  promptSound(workshop, prompt, { rateHz: 48_000, playbackGainDb, conditions, seed: 7 });

describe('promptSound', () => {
  it('is the clip itself where nothing is asked for', async () => {
    const { sound: plain, conditions } = await sound({});
    expect(conditions).toBeUndefined();
    expect(plain).toEqual(await resample(readSpeechClip(prompt), 48_000));
  });

  it('says the levels at the output, which the gains of bench and turn decide', async () => {
    const { sound: played, conditions } = await sound({ gainDb: -20, snrDb: 10 });
    expect(conditions).toMatchObject({ gainDb: -20, snrDb: 10, seed: 7 });
    // The corpus has -20 dBFS; the bench takes off 10 dB and the turn 20 dB.
    expect(conditions!.speechLevelDbFs!).toBeCloseTo(-50, 0);
    expect(conditions!.speechLevelDbFs! - conditions!.noiseLevelDbFs!).toBeCloseTo(10, 6);
    expect(played.samples.length).toBeGreaterThan(2 * readSpeechClip(prompt).samples.length);
  });

  it('refuses what would clip and what nobody can play', async () => {
    await expect(sound({ gainDb: 30 })).rejects.toThrow(
      /would clip at a gain of 30 dB: .*Lower `turn\.playbackGainDb` \(-10 dB\)/,
    );
    await expect(sound({ gainDb: 10 })).resolves.toBeDefined();
    await expect(sound({ snrDb: -21 })).rejects.toThrow(
      'snrDb of a prompt is -21 dB; expected -20 to 60 dB.',
    );
    await expect(sound({ rt60Ms: 10 })).rejects.toThrow(/rt60Ms of a prompt is 10 ms/);
  });
});
