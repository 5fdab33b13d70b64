import { join } from 'node:path';
import { loadCorpus, readSpeechClip } from '../corpus';
import { seededNormal, seededUniform } from '../measurement/__fixtures__/seeded';
import { align } from './align';
import { SearchableSound } from './locate';
import { resample } from './resample';

const RATE_HZ = 48_000;
const AT = 24_000;
const { replies } = loadCorpus(join(__dirname, '../../fixtures'));

/** The clip as a board with a speaker path of 8 kHz plays it, over noise at -66 dBFS. */
async function throughTelephone(id: string) {
  const clip = replies.get(id)!;
  const sound = readSpeechClip(clip);
  const narrow = await resample(await resample(sound, 8_000), RATE_HZ);
  const reference = await resample(sound, RATE_HZ);
  const normal = seededNormal(seededUniform(4));
  const heard = new Float32Array(AT + narrow.samples.length + 24_000);
  heard.set(narrow.samples, AT);
  const inReference = (sample: number): number => Math.round((sample * RATE_HZ) / clip.rateHz);
  return {
    sound: new SearchableSound(
      heard.map((value) => value + 5e-4 * normal()),
      RATE_HZ,
    ),
    reference: reference.samples,
    onset: inReference(clip.onsetSample),
    end: inReference(clip.offsetSample),
  };
}

describe('align, behind a path of 8 kHz', () => {
  it.each(['zh-joke-a', 'zh-time-a', 'en-joke-a'])('hears the onset of %s', async (id) => {
    const { sound, reference, onset, end } = await throughTelephone(id);
    const aligned = align(sound, reference, { onset, end });
    expect(aligned).toMatchObject({ state: 'found', onsetHeard: true });
    expect(aligned.state === 'found' && Math.abs(aligned.onsetAtSample - AT - onset) / 48).toBeLessThan(0.1);
  });

  it('has no onset where such a path leaves nothing of an s that is 100 ms long', async () => {
    const { sound, reference, onset, end } = await throughTelephone('en-sorry-a');
    expect(align(sound, reference, { onset, end })).toMatchObject({ state: 'found', onsetHeard: false });
  });
});
