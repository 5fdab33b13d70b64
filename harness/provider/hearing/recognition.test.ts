/** Recognition over the whole committed corpus, through the detector that cuts the utterances out. */
import { readFileSync } from 'node:fs';
import { RateConverter, readWav, toPcm16 } from '../../audio';
import { committedCorpus } from '../__fixtures__/small-corpus';
import { gaussian, received, uniform, type Path } from '../__fixtures__/acoustic-path';
import type { SpeechClip } from '../../ports';
import type { Heard } from './heard';
import { loadListener } from './load-listener';
import { VoiceActivity } from './voice-activity';

const corpus = committedCorpus();
const prompts = [...corpus.prompts.values()];

/** Cuts the first utterance out as `Ear` does and asks. */
function hear(listen: ReturnType<typeof loadListener>, samples: Int16Array): Heard | undefined {
  const activity = new VoiceActivity(24_000, { threshold: 0.5, silenceDurationMs: 200 });
  const stop = activity.push(samples).find((event) => event.type === 'stopped');
  if (stop === undefined) return undefined;
  const from = Math.max(0, stop.onsetAtStreamSample - 7200);
  const cut = samples.slice(from, stop.offsetAtStreamSample + 1 + 1920);
  return listen(cut, stop.onsetAtStreamSample - from);
}

/** Another path for each clip, from a seed. */
function paths(seed: number): () => Path {
  const random = uniform(seed);
  const oneOf = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return () => ({
    gainDb: oneOf(-25, -12, 0),
    snrDb: oneOf(10, 15, 20, 30),
    rt60Ms: oneOf(0, 200, 400),
    directToReverberantDb: oneOf(0, 3, 6),
    seed: Math.floor(random() * 1e9),
    ...oneOf<Partial<Path>>({}, { codecRateHz: 16_000 }, { codecRateHz: 8_000 }),
    ...oneOf<Partial<Path>>({}, { speed: 0.96 }, { speed: 1.04 }),
  });
}

describe('recognition of the committed corpus', () => {
  const listen = loadListener(prompts);

  it('is never wrong and nearly always certain through rooms, gain, noise, band limits and other rates', () => {
    const next = paths(11);
    // One voice of each utterance, by turns.
    const chosen = prompts.filter((_, index) => index % 4 === 0 || index % 4 === 3);
    const answers = chosen.map((clip) => ({
      clip,
      heard: hear(listen, received(clip, next(), 600, 500)),
    }));
    const wrong = answers.filter(
      ({ clip, heard }) => heard?.utterance !== undefined && heard.utterance !== clip.utterance,
    );
    const unknown = answers.filter(({ heard }) => heard?.utterance === undefined);
    expect(wrong).toEqual([]);
    expect(unknown.length).toBeLessThanOrEqual(1);
  });

  // Over a line-in or a sound server there is no room; the wrong one was taken, and another word came nearer, at this place of the frames.
  it.each([0, 80, 160])('recognises a prompt that came by no room, %i samples into a frame', (shift) => {
    const clip = corpus.prompts.get('en-light-on-a')!;
    const { channels } = readWav(readFileSync(clip.path));
    const spoken = toPcm16(channels[0]!).pcm.subarray(clip.onsetSample, clip.offsetSample + 1 + 1_920);
    const lead = 7_200 + shift;
    const samples = new Int16Array(lead + spoken.length);
    samples.set(spoken, lead);
    // The detector finds an onset late by some frames.
    expect(listen(samples, lead + 480)).toMatchObject({ utterance: 'en-light-on' });
  });

  // A third of a sample of the card between frame and prompt was enough: the speed was found 0.00009 off, or the wrong words nearer.
  it.each([
    ['en-time-a', 4],
    ['en-door-open-a', 4],
    ['en-light-on-b', 482],
    // Of its room every second frame tells the least here.
    ['en-light-off-a', 525],
    ['en-light-off-a', 2_450],
  ])('is certain of %s that a board heard over a cable, %i samples of the card later', (id, later) => {
    const clip = corpus.prompts.get(id)!;
    const { channels } = readWav(readFileSync(clip.path));
    const through = (from: number, to: number, samples: Float32Array): Float32Array =>
      new RateConverter(from, to).push(samples).map((sample) => Math.round(32_768 * sample) / 32_768);
    const spoken = through(24_000, 48_000, channels[0]!);
    const onCard = new Float32Array(48_000 + later + spoken.length);
    onCard.set(spoken, 24_000 + later);
    const { pcm } = toPcm16(through(16_000, 24_000, through(48_000, 16_000, onCard)));
    const heard = hear(listen, pcm)!;
    expect(heard).toMatchObject({ promptId: id });
    expect(heard.confidence).toBeGreaterThan(0.9);
  });

  it('refuses every one of some utterances that it was not taught, one word away from others included', () => {
    const untaught = new Set(['en-light-red', 'en-door-open', 'zh-light-red', 'en-time', 'zh-off-topic']);
    const isUntaught = (clip: SpeechClip): boolean => untaught.has(clip.utterance);
    const partial = loadListener(prompts.filter((clip) => !isUntaught(clip)));
    const answers = prompts.filter(isUntaught).map((clip) => {
      const path = { gainDb: 0, snrDb: 20, rt60Ms: 200, directToReverberantDb: 6, seed: 5 };
      return hear(partial, received(clip, path, 600, 500));
    });
    expect(answers.map((heard) => heard?.utterance)).toEqual(answers.map(() => undefined));
  });

  it('finds nothing in noise, tones and replies', () => {
    const random = uniform(3);
    const noise = Int16Array.from({ length: 48_000 }, () => 3000 * gaussian(random));
    const tone = Int16Array.from({ length: 48_000 }, (_, n) => 9000 * Math.sin(n / 6) * Math.sin(n / 3000));
    for (const sound of [noise, tone]) expect(listen(sound, 7200)).not.toHaveProperty('utterance');
    for (const clip of [...corpus.replies.values()].slice(0, 6)) {
      const path = { gainDb: 0, snrDb: 30, rt60Ms: 0, directToReverberantDb: 0, seed: 9 };
      expect(hear(listen, received(clip, path, 600, 500))?.utterance).toBeUndefined();
    }
  });
});
