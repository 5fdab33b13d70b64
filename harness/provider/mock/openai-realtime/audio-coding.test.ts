/** G.711 in and out (reference/providers.md 2.5), and push-to-talk with it. */
import { decodeG711, encodeG711, RateConverter, type G711Law } from '../../../audio';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { AudioReader } from './audio-coding';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
let provider: MockProvider;

beforeAll(async () => {
  provider = await createMockProvider({ scenario, corpus, clock: systemClock });
});
afterAll(() => provider.close());

/** A prompt as a telephone would bring it. */
function telephone(id: string, law: G711Law): Buffer {
  const converter = new RateConverter(24_000, 8000);
  const sound = Float32Array.from(spoken(corpus, id), (sample) => sample / 32768);
  return Buffer.from(
    encodeG711(
      Int16Array.from(converter.push(sound), (value) => value * 32767),
      law,
    ),
  );
}

describe.each<['audio/pcmu' | 'audio/pcma', G711Law]>([
  ['audio/pcmu', 'mu-law'],
  ['audio/pcma', 'a-law'],
])('a session in %s', (type, law) => {
  const reply = corpus.replies.get('en-joke-a')!;

  async function open(input: object = {}): Promise<WireClient> {
    const client = await WireClient.open(provider.url);
    const audio = { input: { format: { type }, ...input }, output: { format: { type } } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio } });
    await client.next('session.updated');
    return client;
  }
  const say = (client: WireClient, codes: Buffer): void => {
    for (let from = 0; from < codes.length; from += 160)
      client.send({ type: 'input_audio_buffer.append', audio: codes.toString('base64', from, from + 160) });
  };

  it('is heard and answered at 8 000 bytes a second', async () => {
    const client = await open();
    say(client, telephone('en-joke-a', law));
    const stopped = await client.next('input_audio_buffer.speech_stopped');
    const clip = corpus.prompts.get('en-joke-a')!;
    const offsetMs = 400 + clip.offsetSample / 24;
    expect(Math.abs((stopped.audio_end_ms as number) - 200 - offsetMs)).toBeLessThanOrEqual(60);
    const done = await client.next('response.done');
    expect(at(done, 'response', 'output', 0, 'content', 0, 'transcript')).toBe(reply.transcript);
    expect(at(done, 'response', 'audio', 'output', 'format')).toEqual({ type });
    const deltas = client.events.filter((event) => event.type === 'response.output_audio.delta');
    const codes = Buffer.concat(deltas.map((event) => Buffer.from(event.delta as string, 'base64')));
    expect(codes.length).toBe(Math.round(reply.lengthSamples / 3));
    expect(Buffer.from(deltas[0]?.delta as string, 'base64')).toHaveLength(1600);
    const peak = decodeG711(codes, law).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(3000);
    const packet = provider.events.findLast((event) => event.type === 'audio-out');
    expect(packet).toMatchObject({ rateHz: 8000, replyId: 'en-joke-a' });
    await client.close();
  });

  it('leaves the end of a turn to who pushes to talk', async () => {
    const client = await open({ turn_detection: null });
    say(client, telephone('en-joke-a', law));
    client.send({ type: 'input_audio_buffer.commit' });
    client.send({ type: 'response.create' });
    const done = await client.next('response.done');
    expect(at(done, 'response', 'output', 0, 'content', 0, 'transcript')).toBe(reply.transcript);
    expect(client.types()).not.toContain('input_audio_buffer.speech_started');
    await client.close();
  });
});

describe('AudioReader', () => {
  const codes = telephone('en-light-on-a', 'mu-law');

  it('gives the same samples however the bytes were cut', () => {
    const whole = [...new AudioReader(24_000).read(codes.toString('base64'), 'audio/pcmu')!];
    const reader = new AudioReader(24_000);
    const parts: number[] = [];
    for (let from = 0; from < codes.length; from += 37)
      parts.push(...reader.read(codes.toString('base64', from, from + 37), 'audio/pcmu')!);
    expect(parts).toEqual(whole);
    expect(whole.length).toBeGreaterThanOrEqual(3 * (codes.length - 40));
  });

  it('reads 16-bit samples of any length, and refuses half ones', () => {
    const reader = new AudioReader(24_000);
    for (const length of [0, 2, 960, 100_000]) {
      const bytes = Buffer.alloc(length, 1);
      expect(reader.read(bytes.toString('base64'), 'audio/pcm')).toEqual(
        new Int16Array(length / 2).fill(257),
      );
    }
    expect(reader.read(Buffer.alloc(3).toString('base64'), 'audio/pcm')).toBeUndefined();
    // Each byte is a sample in G.711, so an odd number of them is no half one; the resampler keeps its last few.
    const coded = reader.read(Buffer.alloc(801).toString('base64'), 'audio/pcma')!;
    expect(coded.length).toBeGreaterThan(3 * (801 - 40));
  });
});
