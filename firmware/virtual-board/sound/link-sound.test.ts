import type { LinkTruth } from '../../../harness/audio';
import { Crystal } from '../crystal';
import { FaultSwitches } from '../faults';
import { fastClock } from '../testing/fast-clock';
import { LinkSound } from './link-sound';
import { SoundCard } from './sound-card';

const BLOCK = 480;

interface Take {
  readonly speaker: Float32Array;
  readonly stream: Float32Array;
  readonly truth: readonly LinkTruth[];
}

const middleOf = (samples: Float32Array, from = 0, to = samples.length): number => {
  let weighted = 0;
  let total = 0;
  for (let n = Math.max(0, Math.floor(from)); n < Math.min(samples.length, to); n++) {
    weighted += n * samples[n]!;
    total += samples[n]!;
  }
  return weighted / total;
};

const pulseAt = (lengthSamples: number, at: number, widthSamples: number, height = 0.8): Float32Array =>
  Float32Array.from(
    { length: lengthSamples },
    (_, n) => height * Math.exp(-(((n - at) / widthSamples) ** 2) / 2),
  );

const pcm = (samples: Float32Array): Int16Array =>
  Int16Array.from(samples, (value) => Math.round(value * 32768));

/** Runs a sound card for some blocks on one rig; `reply` is queued before block `replyBlock`. */
function record(options: {
  boardPpm?: number;
  rigPpm?: number;
  microphone: Float32Array;
  reply?: Int16Array;
  replyBlock?: number;
  faults?: readonly string[];
  lostChunk?: number;
}): Take {
  const { boardPpm = 0, rigPpm = 0, microphone, reply, replyBlock = 0 } = options;
  const faults = new FaultSwitches();
  for (const name of options.faults ?? []) faults.set(name, true);
  const sound = new SoundCard(faults, new Crystal(fastClock(1), boardPpm), 6, 240);
  const link = new LinkSound(sound, { rateHz: 48_000, rigPpm });
  const stream: number[] = [];
  let chunks = 0;
  sound.openMicrophone(24_000, (samples) => {
    if (++chunks === options.lostChunk) return undefined;
    stream.push(...Array.from(samples, (value) => value / 32768));
    return chunks;
  });
  const speaker: number[] = [];
  const truth: LinkTruth[] = [];
  for (let block = 0; block * BLOCK < microphone.length; block++) {
    if (block === replyBlock && reply !== undefined) sound.play('item_1', 0, reply);
    const answer = link.exchange(microphone.subarray(block * BLOCK, (block + 1) * BLOCK));
    expect(answer.samples).toHaveLength(BLOCK);
    speaker.push(...answer.samples);
    truth.push(...answer.truth);
  }
  return { speaker: Float32Array.from(speaker), stream: Float32Array.from(stream), truth };
}

const marksOf = ({ truth }: Take) => truth.filter((entry) => entry.kind === 'uplink');
const spansOf = ({ truth }: Take) => truth.filter((entry) => entry.kind === 'speaker');

/** Link position of a stream sample by the counted marks. */
const linkOfStream = (take: Take, streamSample: number): number => {
  const [before, after] = [marksOf(take)[0]!, marksOf(take).at(-1)!];
  const slope = (after.atLinkSample - before.atLinkSample) / (after.streamSample - before.streamSample);
  return before.atLinkSample + (streamSample - before.streamSample) * slope;
};

describe.each([
  ['crystals that agree', 0, 0],
  ['board fast, rig slow', 150, -50],
  ['board slow, rig fast', -40, 160],
])('counted truth: %s', (_name, boardPpm, rigPpm) => {
  it('finds a click of the microphone where the uplink marks say', () => {
    const clickAt = 61_234.4;
    const take = record({ boardPpm, rigPpm, microphone: pulseAt(96_000, clickAt, 20) });
    expect(Math.abs(linkOfStream(take, middleOf(take.stream)) - clickAt)).toBeLessThan(0.05);
  });

  it('finds a click of a reply where the speaker spans say', () => {
    const clickSample = 20_000;
    const reply = pcm(pulseAt(30_000, clickSample, 12));
    const take = record({ boardPpm, rigPpm, microphone: new Float32Array(96_000), reply, replyBlock: 20 });
    const span = spansOf(take).find(
      ({ sourceSample, lengthSamples }) =>
        clickSample >= sourceSample && clickSample < sourceSample + lengthSamples,
    )!;
    const step = (48_000 * (1 + rigPpm * 1e-6)) / (span.sourceRateHz * (1 + boardPpm * 1e-6));
    const expected = span.atLinkSample + (clickSample - span.sourceSample) * step;
    expect(Math.abs(middleOf(take.speaker, expected - 200, expected + 200) - expected)).toBeLessThan(0.02);
  });

  it('drifts by exactly the difference of the two crystals', () => {
    const marks = marksOf(record({ boardPpm, rigPpm, microphone: new Float32Array(48_000 * 6) }));
    const [first, last] = [marks[5], marks.at(-1)];
    const samples = (last!.atLinkSample - first!.atLinkSample) / (last!.streamSample - first!.streamSample);
    expect(samples).toBeCloseTo((2 * (1 + rigPpm * 1e-6)) / (1 + boardPpm * 1e-6), 9);
  });
});

describe('LinkSound', () => {
  it('starts a reply 50 to 60 ms after it was queued, plus the group delay of the speaker', () => {
    for (const replyBlock of [3, 4, 11]) {
      const take = record({ microphone: new Float32Array(24_000), reply: new Int16Array(4_800), replyBlock });
      const waitMs = (spansOf(take)[0]!.atLinkSample - replyBlock * BLOCK) / 48;
      const groupDelayMs = 32 / 24;
      expect(waitMs).toBeGreaterThan(50);
      expect(waitMs).toBeLessThanOrEqual(60 + groupDelayMs);
    }
  });

  it('tells of a reply once a block, without a gap, and of all of it', () => {
    const take = record({
      microphone: new Float32Array(48_000),
      reply: new Int16Array(12_345),
      replyBlock: 7,
    });
    let next = 0;
    for (const { sourceSample, lengthSamples, itemId } of spansOf(take)) {
      expect([itemId, sourceSample]).toEqual(['item_1', next]);
      next += lengthSamples;
    }
    expect(next).toBe(12_345);
  });

  it('hears digital silence with a dead microphone and goes on sending', () => {
    const take = record({ microphone: pulseAt(48_000, 20_000, 400), faults: ['dead-mic'] });
    expect(take.stream.length).toBeGreaterThan(22_000);
    expect(take.stream.every((value) => value === 0)).toBe(true);
  });

  it('plays nothing with a dead speaker, and claims nothing', () => {
    const reply = pcm(pulseAt(9_600, 4_800, 400));
    const take = record({ microphone: new Float32Array(48_000), reply, faults: ['dead-speaker'] });
    expect(take.speaker.every((value) => value === 0)).toBe(true);
    expect(spansOf(take)).toEqual([]);
  });

  it('sends 20 ms for each 20 ms, and keeps its count when one could not be sent', () => {
    const clickAt = 61_000;
    const take = record({ microphone: pulseAt(96_000, clickAt, 20), lostChunk: 10 });
    expect(marksOf(take).length).toBe(98);
    expect(marksOf(take)[9]!.streamSample).toBe(10 * 480);
    const before = marksOf(take)[8]!;
    expect(marksOf(take)[9]!.atLinkSample - before.atLinkSample).toBeCloseTo(2 * 960, 6);
    const after = marksOf(take).find(({ atLinkSample }) => atLinkSample > clickAt)!;
    const linkOfClick = after.atLinkSample - (after.streamSample - middleOf(take.stream)) * 2;
    expect(Math.abs(linkOfClick - clickAt)).toBeLessThan(0.05);
  });
});
