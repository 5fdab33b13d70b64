import { SpokenReplies, type SaidSound } from './spoken-replies';

/** 20 ms at 48 000 ticks and at 24 000 samples in a second. */
const TICKS = 960;
const SAMPLES = 480;
const loud = 1000;

let said: (SaidSound & { readonly hostAtMs: number })[];
let sent: {
  readonly fromSample: number;
  readonly timestamp: number | undefined;
  readonly hostAtMs: number;
}[];
let replies: SpokenReplies;

beforeEach(() => {
  said = [];
  sent = [];
  replies = new SpokenReplies({
    source: 7,
    clockRateHz: 48_000,
    said: (sound, hostAtMs) => void said.push({ ...sound, hostAtMs }),
    sent: ({ fromSample, rtp }, hostAtMs) =>
      void sent.push({ fromSample, timestamp: rtp?.timestamp, hostAtMs }),
  });
});

/** Sound of this level that came in packet `at`, 20 ms each. */
const hear = (at: number, level = loud): void =>
  replies.hear(new Int16Array(SAMPLES).fill(level), 20 * at, false, TICKS * at);
const event = (type: string, at: number, response_id = 'resp_1'): void =>
  replies.read({ type, response_id }, 20 * at);
const item = (id: string, response_id = 'resp_1', type = 'message'): void =>
  replies.read({ type: 'response.output_item.added', response_id, item: { id, type } }, 0);
const timesOf = (itemId: string): number[] =>
  said.flatMap((sound) => (sound.itemId === itemId ? [sound.hostAtMs / 20] : []));

it('gives a reply what comes from its start to its end, from its first sample on', () => {
  item('item_call', 'resp_1', 'function_call');
  item('item_1');
  event('output_audio_buffer.started', 10);
  for (const at of [10, 11, 12]) hear(at);
  event('output_audio_buffer.stopped', 13);
  hear(19);
  expect(timesOf('item_1')).toEqual([10, 11, 12]);
  expect(sent).toEqual([
    { fromSample: 0, timestamp: 10 * TICKS, hostAtMs: 200 },
    { fromSample: 480, timestamp: undefined, hostAtMs: 220 },
    { fromSample: 960, timestamp: undefined, hostAtMs: 240 },
  ]);
});

it('takes sound that overtook the event, from the marker on or from where it can be heard', () => {
  item('item_1');
  hear(1, 0);
  hear(2, 3);
  hear(3);
  event('output_audio_buffer.started', 4);
  hear(4);
  expect(timesOf('item_1')).toEqual([3, 4]);
  event('output_audio_buffer.stopped', 5);
  item('item_2', 'resp_2');
  hear(20, 0);
  replies.begins(21 * TICKS);
  hear(21, 0);
  hear(22);
  event('output_audio_buffer.started', 23, 'resp_2');
  expect(timesOf('item_2')).toEqual([21, 22]);
  expect(sent.map(({ timestamp }) => timestamp)).toEqual([3 * TICKS, undefined, 21 * TICKS, undefined]);
});

it('takes what was on its way when the reply ended, and leaves alone what came long before or after one', () => {
  item('item_1');
  hear(1);
  event('output_audio_buffer.started', 30);
  hear(30);
  event('output_audio_buffer.cleared', 31);
  for (const at of [33, 36, 37]) hear(at);
  expect(timesOf('item_1')).toEqual([30, 33, 36]);
});

it('begins no reply with silence that nobody sent, and keeps what stands in for a hole in one', () => {
  item('item_1');
  event('output_audio_buffer.started', 10);
  replies.hear(new Int16Array(9600), 200, false, undefined);
  hear(10);
  replies.hear(new Int16Array(SAMPLES), 240, true, 11 * TICKS);
  replies.hear(new Int16Array(SAMPLES), 260, false, undefined);
  hear(13);
  expect(said.map(({ isInvented, samples }) => [isInvented, samples.length])).toEqual([
    [false, SAMPLES],
    [true, SAMPLES],
    [false, SAMPLES],
    [false, SAMPLES],
  ]);
  expect(sent[0]?.timestamp).toBe(10 * TICKS);
});

it('names a reply by its response when nobody has named its item', () => {
  event('output_audio_buffer.started', 1, 'resp_9');
  hear(1);
  expect(timesOf('resp_9')).toEqual([1]);
});
