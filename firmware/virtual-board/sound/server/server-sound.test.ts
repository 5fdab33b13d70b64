import type { SpeakerSpan } from '../../../../harness/audio';
import { Crystal } from '../../crystal';
import { FaultSwitches } from '../../faults';
import { fastClock } from '../../testing/fast-clock';
import { pcm16Bytes, pcm16OfBytes } from '../pcm16';
import { SoundCard } from '../sound-card';
import { PlaybackLevel } from './playback-level';
import { BLOCK_SAMPLES, ServerSound, type StreamTruth } from './server-sound';

const BUFFER_MS = 60;
const BUFFER_SAMPLES = 48 * BUFFER_MS;

/** A board in a sound server, and everything that it wrote. */
function inServer({ ppm = 0 } = {}) {
  const card = new SoundCard(new FaultSwitches(), new Crystal(fastClock(1), ppm), 6, 240);
  const played: Buffer[] = [];
  const heard: Buffer[] = [];
  const truth: StreamTruth[] = [];
  const output = {
    play: (bytes: Buffer) => void played.push(bytes),
    heard: (bytes: Buffer) => void heard.push(Buffer.from(bytes)),
    counted: (some: readonly StreamTruth[]) => void truth.push(...some),
  };
  const sound = new ServerSound(card, output, BUFFER_MS);
  return {
    card,
    sound,
    truth,
    played: () => pcm16OfBytes(Buffer.concat(played)),
    heard: () => pcm16OfBytes(Buffer.concat(heard)),
    spans: () => truth.filter((one): one is SpeakerSpan => one.kind === 'speaker'),
  };
}

/** A bell of 24 kHz samples around `at`: where its middle is can be read off to a fraction of a sample. */
const bell = (lengthSamples: number, at: number): Int16Array =>
  Int16Array.from({ length: lengthSamples }, (_, n) => 20_000 * Math.exp(-(((n - at) / 12) ** 2) / 2));

const middleOf = (samples: Int16Array): number => {
  const total = samples.reduce((sum, value) => sum + value, 0);
  return samples.reduce((sum, value, n) => sum + value * n, 0) / total;
};

const blocks = (count: number): Int16Array => new Int16Array(count * BLOCK_SAMPLES);

describe('ServerSound', () => {
  it('begins its playback with the silence that is kept in hand', () => {
    const { sound, played } = inServer();
    expect(played()).toEqual(new Int16Array(BUFFER_SAMPLES));
    expect(sound.playedSamples).toBe(BUFFER_SAMPLES);
  });

  it('writes as much as it hears, block by block, however the bytes are cut', () => {
    const { sound, played } = inServer();
    const bytes = pcm16Bytes(blocks(3));
    for (let start = 0; start < bytes.length; start += 7) sound.hear(bytes.subarray(start, start + 7));
    expect(sound.heardSamples).toBe(3 * BLOCK_SAMPLES);
    sound.hear(bytes.subarray(0, 100));
    expect(sound.heardSamples).toBe(3 * BLOCK_SAMPLES);
    expect(played()).toHaveLength(BUFFER_SAMPLES + 3 * BLOCK_SAMPLES);
  });

  it.each([0, 150])('counts where in the playback each sample of a reply is (crystal %i ppm)', (ppm) => {
    const { card, sound, played, spans } = inServer({ ppm });
    const at = 1_000;
    expect(card.play('item_1', 0, bell(2_400, at))).toBe(true);
    sound.hear(pcm16Bytes(blocks(40)));
    const span = spans().find(
      ({ sourceSample, lengthSamples }) => sourceSample <= at && at < sourceSample + lengthSamples,
    )!;
    const perSample = 2 / (1 + ppm * 1e-6);
    expect(span.itemId).toBe('item_1');
    expect(middleOf(played())).toBeCloseTo(span.atLinkSample + (at - span.sourceSample) * perSample, 1);
    expect(spans().reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(2_400);
  });

  it('leaves out what is too much only where the board has been silent for 500 ms, and counts on', () => {
    const { card, sound, played, spans } = inServer();
    const at = 1_000;
    expect(card.play('item_1', 0, bell(2_400, at))).toBe(true);
    sound.leaveOut(3.5 * BLOCK_SAMPLES);
    // 240 frames of 24 kHz and the six descriptors ahead of them, then the reply's tenth of a second, then half a second of silence.
    sound.hear(pcm16Bytes(blocks(60)));
    expect(played()).toHaveLength(BUFFER_SAMPLES + 60 * BLOCK_SAMPLES);
    sound.hear(pcm16Bytes(blocks(20)));
    expect(played()).toHaveLength(BUFFER_SAMPLES + 77 * BLOCK_SAMPLES);
    expect(sound.playedSamples).toBe(played().length);
    card.play('item_2', 0, bell(2_400, at));
    sound.hear(pcm16Bytes(blocks(30)));
    const span = spans().findLast(
      ({ itemId, sourceSample, lengthSamples }) =>
        itemId === 'item_2' && sourceSample <= at && at < sourceSample + lengthSamples,
    )!;
    const second = played().map((sample, n) => (n < BUFFER_SAMPLES + 77 * BLOCK_SAMPLES ? 0 : sample));
    expect(middleOf(second)).toBeCloseTo(span.atLinkSample + (at - span.sourceSample) * 2, 1);
  });

  it('hands on what it heard bit for bit, and counts which of it each append holds', () => {
    const { card, sound, heard, truth } = inServer();
    const stream: number[] = [];
    card.openMicrophone(16_000, (samples) => {
      stream.push(...samples);
      return stream.length;
    });
    const at = 6_000;
    const microphone = Int16Array.from(blocks(40), (_, n) => 20_000 * Math.exp(-(((n - at) / 24) ** 2) / 2));
    sound.hear(pcm16Bytes(microphone));
    expect(heard()).toEqual(microphone);
    const marks = truth.filter((one) => one.kind === 'uplink');
    expect(marks.length).toBeGreaterThan(10);
    const [first] = marks;
    expect(middleOf(Int16Array.from(stream)) * 3).toBeCloseTo(at, 0);
    expect(first!.atLinkSample).toBeCloseTo(first!.streamSample * 3, 6);
  });
});

describe('PlaybackLevel', () => {
  const WANTED = 4_800;
  const level = () => new PlaybackLevel(WANTED, 48_000);
  const surpluses = (reports: readonly number[], of = level()): number[] =>
    reports.map((report) => of.surplusAt(report));
  const steady = (report: number, count = 20): number[] => Array.from({ length: count }, () => report);

  it('finds nothing too much in what was too much for a moment, nor in 40 ms', () => {
    expect(surpluses([...steady(30_000, 19), WANTED, ...steady(30_000, 19)])).toEqual(steady(0, 39));
    expect(surpluses(steady(WANTED + 1_920))).toEqual(steady(0));
  });

  it('says by how much a second has been too much at least, and then watches another one', () => {
    const of = level();
    expect(surpluses([...steady(40_000, 19), 30_000], of)).toEqual([...steady(0, 19), 25_200]);
    expect(surpluses(steady(30_000), of)).toEqual([...steady(0, 19), 25_200]);
  });
});
