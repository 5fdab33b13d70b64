import { committedCorpus } from '../__fixtures__/small-corpus';
import { received, type Path } from '../__fixtures__/acoustic-path';
import { VoiceActivity, type VoiceActivityEvent } from './voice-activity';

const corpus = committedCorpus();
const settings = { threshold: 0.5, silenceDurationMs: 200 };
const LEAD_MS = 1000;

const clear: Path = { gainDb: 0, snrDb: 30, rt60Ms: 0, directToReverberantDb: 0, seed: 1 };
const hearing = (samples: Int16Array): VoiceActivityEvent[] =>
  new VoiceActivity(24_000, settings).push(samples);

describe('VoiceActivity', () => {
  it.each<[string, Partial<Path>, number]>([
    ['on a bench', {}, 40],
    ['at 10 dB over the noise', { snrDb: 10 }, 120],
    ['from a faint talker', { gainDb: -25 }, 60],
    ['over loud noise that begins with the stream', { gainDb: 6, snrDb: 12 }, 120],
    ['in a room of 0.2 s', { rt60Ms: 200, directToReverberantDb: 3 }, 120],
    ['in a room of 0.6 s', { rt60Ms: 600, directToReverberantDb: 0 }, 200],
  ])('finds each utterance once and whole %s', (_name, change, lateMs) => {
    for (const id of ['en-light-on-a', 'en-volume-forty-b', 'zh-door-open-a', 'zh-joke-b']) {
      const clip = corpus.prompts.get(id)!;
      const events = hearing(received(clip, { ...clear, ...change }, LEAD_MS, 900));
      const stops = events.filter((event) => event.type === 'stopped');
      expect(stops).toHaveLength(1);
      const onsetMs = LEAD_MS + clip.onsetSample / 24;
      const offsetMs = LEAD_MS + clip.offsetSample / 24;
      expect(Math.abs(stops[0]!.onsetAtStreamSample / 24 - onsetMs)).toBeLessThan(100);
      const errorMs = stops[0]!.offsetAtStreamSample / 24 - offsetMs;
      expect(errorMs).toBeGreaterThan(-130);
      expect(errorMs).toBeLessThan(lateMs);
      expect(stops[0]!.endAtStreamSample - stops[0]!.offsetAtStreamSample - 1).toBe(200 * 24);
    }
  });

  it('decides the same however the stream is cut', () => {
    const samples = received(corpus.prompts.get('en-joke-a')!, clear, 300, 500);
    const whole = hearing(samples);
    for (const cut of [1, 7, 479, 481, 2400]) {
      const activity = new VoiceActivity(24_000, settings);
      const events: VoiceActivityEvent[] = [];
      for (let at = 0; at < samples.length; at += cut)
        events.push(...activity.push(samples.subarray(at, at + cut)));
      expect(events).toEqual(whole);
    }
  });

  it.each([
    ['silence', () => 0],
    ['a constant offset', () => 4000],
    ['mains hum', (n: number) => 8000 * Math.sin((2 * Math.PI * 50 * n) / 24_000)],
    ['a click every 100 ms', (n: number) => (n % 2400 < 24 ? 20_000 : 0)],
  ])('takes %s for no speech', (_name, sample) => {
    const samples = Int16Array.from({ length: 72_000 }, (_, index) => sample(index));
    expect(hearing(samples).filter((event) => event.type === 'started')).toEqual([]);
  });

  it.each([5, 23, 100, 400, 1000])('hears %d ms without any sound for no change of the noise', (gapMs) => {
    const clip = corpus.prompts.get('en-joke-a')!;
    const samples = received(clip, { ...clear, gainDb: -10, snrDb: 20 }, 2500, 900);
    for (const gapAtMs of [700, 707.3, 1400]) {
      const gapped = samples.slice();
      gapped.fill(0, gapAtMs * 24, (gapAtMs + gapMs) * 24);
      const starts = hearing(gapped).filter((event) => event.type === 'started');
      expect(starts).toHaveLength(1);
      expect(Math.abs(starts[0]!.onsetAtStreamSample / 24 - (2500 + clip.onsetSample / 24))).toBeLessThan(
        100,
      );
    }
  });

  it('learns a noise floor of zeros from zeros that go on', () => {
    const samples = received(corpus.prompts.get('en-joke-a')!, { ...clear, gainDb: -35 }, 3000, 900);
    // The stream begins in a loud noise; what follows it is a talker 20 dB below, over nothing.
    const loud = Int16Array.from({ length: 24_000 }, (_, n) => 2000 * Math.sin(n * n));
    samples.fill(0, 0, 3000 * 24);
    const stops = hearing(Int16Array.from([...loud, ...samples])).filter(({ type }) => type === 'stopped');
    expect(stops).toHaveLength(1);
  });

  it('holds the settings of the moment: a longer window ends the turn later', () => {
    const samples = received(corpus.prompts.get('en-joke-a')!, clear, 300, 900);
    const activity = new VoiceActivity(24_000, { ...settings, silenceDurationMs: 700 });
    const [stop] = activity.push(samples).filter((event) => event.type === 'stopped');
    expect(stop!.endAtStreamSample - stop!.offsetAtStreamSample - 1).toBe(700 * 24);
  });
});
