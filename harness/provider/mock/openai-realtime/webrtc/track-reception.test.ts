import { ManualClock } from '../../../../board/__fixtures__/manual-clock';
import { writeRtp } from './rtp-packet';
import type { SpeechDecoder } from './speech-decoder';
import { TrackReception } from './track-reception';

/** 20 ms of a codec whose packets are one byte, and whose sound is that byte, once for every millisecond. */
const TICKS = 160;
const decoder: SpeechDecoder = {
  ticksOf: (payload) => (payload.length === 1 ? TICKS : undefined),
  decode: (payload) => new Int16Array(20).fill(payload[0] ?? 0),
  conceal: (ticks) => new Int16Array(ticks / 8).fill(-1),
  silence: (ticks) => new Int16Array(ticks / 8),
  close: () => undefined,
};
/** Near both of its ends, where sequence numbers and time stamps wrap. */
const FIRST_SEQUENCE = 65_534;
const FIRST_TIMESTAMP = 2 ** 32 - 2 * TICKS;

describe('the reception of a track', () => {
  let clock: ManualClock;
  let heard: number[];
  let arrivals: number[];
  let inventions: boolean[];
  let timestamps: (number | undefined)[];
  let reception: TrackReception;

  beforeEach(() => {
    clock = new ManualClock(1000);
    heard = [];
    arrivals = [];
    inventions = [];
    timestamps = [];
    reception = new TrackReception({
      clock,
      codec: { name: 'PCMA', payloadType: 8, clockRateHz: 8000 },
      decoder,
      hear: (samples, arrivedAtHostMs, isInvented, timestamp) => {
        heard.push(...samples);
        timestamps.push(timestamp);
        inventions.push(isInvented);
        arrivals.push(arrivedAtHostMs);
      },
    });
  });
  afterEach(() => reception.close());

  /** @param at - Number of the packet; its sound is that number + 1. */
  const take = (at: number, { sound = at + 1, timestampAt = at, ssrc = 5, payloadType = 8 } = {}): void =>
    reception.take(
      writeRtp({
        payloadType,
        marker: false,
        sequence: (FIRST_SEQUENCE + at) % 65_536,
        timestamp: (FIRST_TIMESTAMP + timestampAt * TICKS) % 2 ** 32,
        ssrc,
        payload: Buffer.of(sound),
      }),
      clock.nowMs(),
    );
  const stampOf = (at: number): number => (FIRST_TIMESTAMP + at * TICKS) % 2 ** 32;
  /** What was heard, one value for each 20 ms. */
  const frames = (): number[] => heard.filter((_, at) => at % 20 === 0);
  const counted = (): Record<string, number> =>
    Object.fromEntries(Object.entries(reception.sinceLast()).filter(([, value]) => value !== 0));

  it('gives on what comes in order at once, over the wrap of numbers and time stamps', () => {
    for (let at = 0; at < 6; at++) {
      take(at);
      clock.advance(20);
    }
    expect(frames()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(arrivals).toEqual([1000, 1020, 1040, 1060, 1080, 1100]);
    expect(counted()).toEqual({ packets: 6 });
  });

  it('puts packets in order that come within five of each other', () => {
    for (const at of [0, 2, 1, 5, 4, 3, 6]) take(at);
    expect(frames()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(counted()).toMatchObject({ packets: 7, reordered: 3 });
  });

  it('conceals what does not come while five later ones do, and counts it once when it comes after all', () => {
    for (const at of [0, 2, 3, 4, 5]) take(at);
    expect(frames()).toEqual([1]);
    take(6);
    take(7);
    expect(frames()).toEqual([1, -1, 3, 4, 5, 6, 7, 8]);
    expect(inventions).toEqual([false, true, false, false, false, false, false, false]);
    expect(timestamps).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(stampOf));
    take(1);
    take(1);
    expect(frames()).toHaveLength(8);
    expect(counted()).toMatchObject({ packets: 7, lost: 1, late: 2, concealedMs: 20 });
    expect(counted().lost).toBeUndefined();
  });

  it('does not wait longer than 100 ms for what is missing', () => {
    take(0);
    take(3);
    clock.advance(99);
    expect(frames()).toEqual([1]);
    clock.advance(1);
    expect(frames()).toEqual([1, -1, -1, 4]);
    expect(counted()).toMatchObject({ lost: 2, concealedMs: 40 });
  });

  it('counts what comes twice, and hears it once', () => {
    for (const at of [0, 0, 1, 3, 3, 2]) take(at);
    expect(frames()).toEqual([1, 2, 3, 4]);
    expect(counted()).toMatchObject({ packets: 4, duplicated: 2 });
  });

  it('takes a jump of the time stamp alone for a pause, and keeps the place of what follows', () => {
    take(0);
    take(1, { timestampAt: 4 });
    expect(frames()).toEqual([1, 0, 0, 0, 2]);
    expect(timestamps).toEqual([stampOf(0), undefined, stampOf(4)]);
    expect(counted()).toMatchObject({ packets: 2, silenceMs: 60 });
  });

  it('conceals the sound of a packet that is none', () => {
    take(0);
    reception.take(Buffer.concat([writeRtp(packetOf(1)), Buffer.alloc(3)]), clock.nowMs());
    take(2);
    expect(frames()).toEqual([1, -1, 3]);
    expect(counted()).toMatchObject({ packets: 2, undecodable: 1, concealedMs: 20 });
  });

  it('hears silence while nothing comes, and the sound behind it in full where it was only held up', () => {
    take(0);
    clock.advance(460);
    expect(frames()).toEqual([1, ...Array<number>(23).fill(0)]);
    take(1);
    expect(frames().at(-1)).toBe(2);
    expect(counted()).toMatchObject({ packets: 2, silenceMs: 460 });
  });

  it('counts a silence that it has put in as a part of the pause, not on top of it', () => {
    take(0);
    clock.advance(400);
    take(1, { timestampAt: 31 });
    // 600 ms from the end of the first packet to the second.
    expect(heard).toHaveLength(20 + 600 + 20);
    expect(counted()).toMatchObject({ silenceMs: 600, packets: 2 });
  });

  it('begins anew with another source, and leaves other payload types and bytes that are no RTP alone', () => {
    take(0);
    take(900, { ssrc: 6, sound: 9 });
    take(1, { payloadType: 101, ssrc: 6 });
    reception.take(Buffer.of(0x80), clock.nowMs());
    expect(frames()).toEqual([1, 9]);
    expect(counted()).toMatchObject({ packets: 2 });
  });

  const packetOf = (at: number) => ({
    payloadType: 8,
    marker: false,
    sequence: (FIRST_SEQUENCE + at) % 65_536,
    timestamp: (FIRST_TIMESTAMP + at * TICKS) % 2 ** 32,
    ssrc: 5,
    payload: Buffer.of(1),
  });
});
