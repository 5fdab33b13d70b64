import type { SpeakerSpan } from '../../audio';
import type { TurnRecord } from '../../ports';
import { seededUniform } from '../../units';
import { exactPlaces } from './exact-place';
import { exactTruth } from './exact-truth';

const RATE_HZ = 48_000;

/** Noise in place of speech: no stretch of it is like another. */
const noise = (seed: number, lengthSamples: number): Int16Array => {
  const next = seededUniform(seed);
  return Int16Array.from({ length: lengthSamples }, () => Math.round((next() - 0.5) * 20_000));
};
const joined = (...parts: readonly Int16Array[]): Int16Array =>
  Int16Array.from(parts.flatMap((part) => [...part]));
const silence = (lengthSamples: number): Int16Array => new Int16Array(lengthSamples);

describe('exactPlaces', () => {
  it('finds samples where they stand, and nowhere else', () => {
    const needle = noise(1, 500);
    const within = joined(noise(2, 777), needle, noise(3, 100), needle);
    expect(exactPlaces(needle, within)).toEqual([777, 1_377]);
    expect(exactPlaces(needle, within, { atMost: 1 })).toEqual([777]);
    expect(exactPlaces(needle, within, { from: 778 })).toEqual([1_377]);
  });

  it('does not find samples of which one bit differs', () => {
    const needle = noise(1, 500);
    const within = joined(noise(2, 777), needle);
    within[1_000]! ^= 1;
    expect(exactPlaces(needle, within)).toEqual([]);
  });

  it('takes no agreement of bytes between two samples for one of sound', () => {
    expect(exactPlaces(Int16Array.of(0x0201), Int16Array.of(0x0100, 0x0302))).toEqual([]);
    expect(() => exactPlaces(Int16Array.of(), silence(3))).toThrow(RangeError);
  });
});

describe('exactTruth', () => {
  const FIRST = 100_000;
  const prompt = joined(silence(300), noise(10, 9_700), silence(500));
  const reply = noise(11, 30_000);
  /** The reply is in the board's playback from sample 5 000 on, reported in spans of 10 ms of its 24 kHz. */
  const played = joined(silence(5_000), reply, silence(5_000));
  const spans: SpeakerSpan[] = Array.from({ length: 62 }, (_, n) => ({
    kind: 'speaker',
    itemId: 'item_1',
    sourceSample: n * 240,
    lengthSamples: 240,
    sourceRateHz: 24_000,
    atLinkSample: 5_000 + n * 480,
  }));
  const record = (startedAt: number): Pick<TurnRecord, 'capture' | 'playback' | 'interruption'> => ({
    capture: {
      path: 'captures/t0001.wav',
      rateHz: RATE_HZ,
      roles: ['speaker', 'loopback'],
      firstRigSample: FIRST,
      lengthSamples: 0,
      clockPoints: [],
      maxLagMs: 0,
      overruns: 0,
    },
    playback: { startedAtRigSample: FIRST + startedAt, lengthSamples: prompt.length },
  });
  const loopback = joined(silence(4_321), prompt, silence(60_000));
  const turn = (speaker: Int16Array) => ({
    record: record(4_000),
    speaker,
    loopback,
    prompts: [prompt],
    spans,
  });

  it('places prompt and reply to the sample, silence at the ends of a clip included', () => {
    const speaker = joined(silence(20_007), reply, silence(24_000));
    const found = exactTruth(turn(speaker), { played })!;
    expect(found).toMatchObject({ replySamples: 29_760, exactSamples: 29_760, promptsAreExact: true });
    expect(found.truth.playbackStartsAtRigSample).toEqual([FIRST + 4_321]);
    expect(found.truth.speakerSpans).toHaveLength(62);
    expect(found.truth.speakerSpans[3]).toEqual({
      itemId: 'item_1',
      sourceSample: 720,
      lengthSamples: 240,
      sourceRateHz: 24_000,
      atRigSample: FIRST + 20_007 + 3 * 480,
    });
  });

  it('follows a reply over a gap of the playback, and counts what was lost', () => {
    const [head, tail] = [reply.subarray(0, 13_000), reply.subarray(13_240)];
    const speaker = joined(silence(20_000), head, silence(2_000), tail, silence(24_000));
    const found = exactTruth(turn(speaker), { played })!;
    expect(found.replySamples - found.exactSamples).toBeGreaterThanOrEqual(240);
    expect(found.replySamples - found.exactSamples).toBeLessThan(260);
    const at = (sourceSample: number) =>
      found.truth.speakerSpans.find((span) => span.sourceSample === sourceSample)?.atRigSample;
    expect(at(0)).toBe(FIRST + 20_000);
    // 14 400 samples into the reply: behind the gap, 2 000 later, 240 fewer before it.
    expect(at(7_200)).toBe(FIRST + 20_000 + 14_400 + 2_000 - 240);
  });

  it('does not count what was written when the capture was over', () => {
    const speaker = joined(silence(20_000), reply.subarray(0, 14_500));
    expect(exactTruth(turn(speaker), { played })).toMatchObject({
      replySamples: 14_500,
      exactSamples: 14_500,
    });
  });

  it('finds nothing of a reply that is one step too loud, and nothing of a prompt that was not played', () => {
    const found = exactTruth(
      {
        ...turn(
          joined(
            silence(20_000),
            reply.map((value) => value + 1),
          ),
        ),
        loopback: silence(60_000),
      },
      { played },
    )!;
    expect(found).toMatchObject({ exactSamples: 0, promptsAreExact: false });
    expect(found.truth).toEqual({ playbackStartsAtRigSample: [], speakerSpans: [], uplinkMarks: [] });
  });

  it('tells a prompt from the same prompt earlier in the capture by where the rig began', () => {
    const twice = joined(silence(1_000), prompt, silence(3_000), prompt, silence(10_000));
    const second = 1_000 + prompt.length + 3_000;
    const found = exactTruth(
      { ...turn(silence(10)), record: record(second - 100), loopback: twice, spans: [] },
      { played },
    )!;
    expect(found.truth.promptStartAtRigSample).toBe(FIRST + second);
  });
});
