import type { ProviderEvent, RigTruth } from '../ports';
import { countedSpans } from './counted-spans';

type Span = RigTruth['speakerSpans'][number];

const ssrc = 7;
/** 20 ms of a 24 kHz clip from a sample on. */
const audioOut = (fromSample: number, rtp?: object): ProviderEvent =>
  ({
    type: 'audio-out',
    seq: 1,
    hostAtMs: 0,
    responseId: 'resp_1',
    itemId: 'item_1',
    replyId: 'clip',
    rateHz: 24_000,
    fromSample,
    lengthSamples: 480,
    ...(rtp === undefined ? {} : { rtp }),
  }) as ProviderEvent;

/** 10 ms that a board played at 16 kHz. */
const played = (timestamp: number, atRigSample: number, of = ssrc): Span => ({
  itemId: '',
  sourceSample: 0,
  lengthSamples: 160,
  sourceRateHz: 16_000,
  atRigSample,
  rtp: { ssrc: of, timestamp, ticksPerSample: 3 },
});

const spansOf = (events: readonly ProviderEvent[], spans: readonly Span[]) =>
  countedSpans(spans, events, 'item_1', 24_000);

describe('countedSpans', () => {
  const place = { ssrc, timestamp: 2 ** 32 - 480, clockRateHz: 48_000, codecDelayMs: 6.5 };
  const sent = [audioOut(0, place), audioOut(480), audioOut(960)];

  it('knows sound of a socket by the name of its item', () => {
    const span = {
      itemId: 'item_1',
      sourceSample: 0,
      lengthSamples: 9,
      sourceRateHz: 24_000,
      atRigSample: 5,
    };
    expect(spansOf([audioOut(0)], [span, { ...span, itemId: 'item_0' }])).toEqual([span]);
  });

  it('places sound of RTP on the clip by its time stamps, across their wrap, less what the codec delays', () => {
    expect(spansOf(sent, [played(2 ** 32 - 480, 1_000), played(0, 1_480)])).toEqual([
      { sourceSample: -156, lengthSamples: 240, sourceRateHz: 24_000, atRigSample: 1_000 },
      { sourceSample: 84, lengthSamples: 240, sourceRateHz: 24_000, atRigSample: 1_480 },
    ]);
  });

  it('leaves out what was sent before or behind the item, or on another stream, and what was made up', () => {
    const end = 2 * 1_440 - 480;
    const { rtp, ...concealed } = played(480, 9);
    expect(rtp).toBeDefined();
    expect(
      spansOf(sent, [played(2 ** 32 - 960, 1), played(end + 312, 2), played(480, 3, 8), concealed]),
    ).toEqual([]);
    expect(spansOf(sent, [played(end, 1)])).toMatchObject([{ sourceSample: 1_284, lengthSamples: 156 }]);
  });
});
