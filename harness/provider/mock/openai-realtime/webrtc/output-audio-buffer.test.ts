import * as opus from '@evan/opus/wasm/index.js';
import { ManualClock } from '../../../../board/__fixtures__/manual-clock';
import type { UnstampedEvent } from '../../../event-log';
import { smallCorpus } from '../../../__fixtures__/small-corpus';
import { ReplyShelf, type Reply } from '../../reply-shelf';
import type { ConversationItem } from '../conversation';
import { OutputAudioBuffer } from './output-audio-buffer';
import { readRtp, type RtpPacket } from './rtp-packet';
import { RtpReplies } from './rtp-reply';

const shelf = new ReplyShelf(smallCorpus(), 200);
const replies = new RtpReplies(shelf, opus);

describe('the output audio buffer', () => {
  let clock: ManualClock;
  let sent: { readonly atMs: number; readonly packet: RtpPacket }[];
  let told: string[];
  let logged: UnstampedEvent[];
  let buffer: OutputAudioBuffer;

  beforeEach(() => {
    clock = new ManualClock(0);
    [sent, told, logged] = [[], [], []];
    buffer = new OutputAudioBuffer({
      ...{ clock, shelf, replies, ssrc: 7 },
      codec: { name: 'opus', payloadType: 97, clockRateHz: 48_000 },
      sendPacket: (bytes) => {
        const packet = readRtp(bytes);
        if (packet !== undefined) sent.push({ atMs: clock.nowMs(), packet });
        return true;
      },
      send: ({ type }) => told.push(type),
      log: (event) => logged.push(event),
      drained: () => told.push('drained'),
    });
  });

  const item = (id: string): ConversationItem => ({ id, wire: {} });
  const reply = (): Reply => buffer.replyFor('en-light-is-on');
  /** Says packets [from, to) of a reply's 200 ms ones. */
  const say = (to: ConversationItem, from = 0, until = Infinity): void => {
    const spoken = reply();
    for (let packet = from; packet < Math.min(until, spoken.packets.length); packet++) {
      const fromSample = packet * spoken.chunkSamples;
      const lengthSamples = Math.min(spoken.chunkSamples, spoken.lengthSamples - fromSample);
      buffer.say({
        ...{ responseId: `resp-${to.id}`, item: to, reply: spoken, packet, fromSample, lengthSamples },
        send: () => undefined,
        sendWords: () => told.push('words'),
      });
    }
  };
  const length = (): number => Math.ceil((reply().lengthSamples + 156) / 480);

  it('sends a packet every 20 ms, whose time stamps follow without a gap, and tells the end once it was heard', () => {
    say(item('a'));
    buffer.madeAll('resp-a');
    expect(told.slice(0, 2)).toEqual(['output_audio_buffer.started', 'words']);
    clock.advance(length() * 20 - 1);
    expect(sent.map(({ atMs }) => atMs)).toEqual(sent.map((_, at) => at * 20));
    expect(sent).toHaveLength(length());
    const first = sent[0]?.packet;
    expect(
      sent.map(({ packet }) => (packet.timestamp - (first?.timestamp ?? 0) + 2 ** 32) % 2 ** 32),
    ).toEqual(sent.map((_, at) => at * 960));
    expect(sent.map(({ packet }) => packet.marker)).toEqual(sent.map((_, at) => at === 0));
    expect(told).not.toContain('output_audio_buffer.stopped');
    clock.advance(1);
    expect(told.slice(-2)).toEqual(['output_audio_buffer.stopped', 'drained']);
    const packets = logged.filter((event) => event.type === 'audio-out');
    expect(packets.reduce((sum, event) => sum + event.lengthSamples, 0)).toBe(reply().lengthSamples);
    expect(packets.map((event) => event.rtp?.timestamp)).toEqual([
      first?.timestamp,
      ...packets.slice(1).map(() => undefined),
    ]);
  });

  it('lets time stamps run with the clock between replies', () => {
    say(item('a'));
    buffer.madeAll('resp-a');
    clock.advance(10_000);
    say(item('b'));
    const [begin, again] = sent.filter(({ packet }) => packet.marker);
    expect(again?.atMs).toBe(10_000);
    expect(((again?.packet.timestamp ?? 0) - (begin?.packet.timestamp ?? 0) + 2 ** 32) % 2 ** 32).toBe(
      480_000,
    );
    expect(again?.packet.sequence).toBe(((begin?.packet.sequence ?? 0) + length()) % 65_536);
  });

  it('catches up with 100 ms at most after it was held up, and puts the rest off', () => {
    say(item('a'));
    clock.advance(100);
    // As if the host had slept: nothing runs, and then one timer does.
    const before = sent.length;
    jest.spyOn(clock, 'nowMs').mockReturnValue(620);
    clock.advance(20);
    jest.restoreAllMocks();
    expect(sent.length - before).toBe(6);
  });

  it('stops at once when somebody speaks, and says how much was sent', () => {
    const spoken = item('a');
    say(spoken);
    buffer.madeAll('resp-a');
    clock.advance(410);
    buffer.interrupt();
    expect(told.slice(-3)).toEqual(['output_audio_buffer.cleared', 'drained', 'conversation.item.truncated']);
    expect(spoken.audioMs).toBe(420);
    expect(logged.at(-1)).toEqual({ type: 'truncated', itemId: 'a', audioEndMs: 420 });
    const count = sent.length;
    clock.advance(5000);
    expect(sent).toHaveLength(count);
    expect(told).not.toContain('output_audio_buffer.stopped');
  });

  it('waits for sound that is made slower than it is spoken, and leaves the hole in the time stamps', () => {
    const spoken = item('a');
    say(spoken, 0, 1);
    clock.advance(1000);
    expect(sent).toHaveLength(10);
    say(spoken, 1, 2);
    expect(sent).toHaveLength(11);
    const [first] = sent;
    const resumed = sent.at(-1);
    expect(resumed?.atMs).toBe(1000);
    expect(((resumed?.packet.timestamp ?? 0) - (first?.packet.timestamp ?? 0) + 2 ** 32) % 2 ** 32).toBe(
      48_000,
    );
  });

  it('goes silent in the middle where it is told to, and says nothing of it', () => {
    const spoken = reply();
    const part = { responseId: 'resp-a', item: item('a'), reply: spoken, packet: 0, fromSample: 0 };
    buffer.say({
      ...part,
      lengthSamples: spoken.lengthSamples,
      send: () => undefined,
      sendWords: () => undefined,
      midway: { atMs: 300, reached: () => true },
    });
    buffer.madeAll('resp-a');
    clock.advance(10_000);
    expect(sent).toHaveLength(15);
    expect(told).toEqual(['output_audio_buffer.started']);
  });
});
