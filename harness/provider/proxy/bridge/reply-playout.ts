import { randomBytes } from 'node:crypto';
import { encodeG711, RateConverter } from '../../../audio';
import type { Cancel, Clock, ProviderEvent } from '../../../ports';
import { G711_RATE_HZ } from '../../mock/openai-realtime/audio-coding';
import type { RtpCodec } from '../../mock/openai-realtime/webrtc/offer';
import { writeRtp } from '../../mock/openai-realtime/webrtc/rtp-packet';
import type { OpusLibrary } from '../../mock/openai-realtime/webrtc/speech-decoder';

type AudioOut = Omit<
  Extract<ProviderEvent, { readonly type: 'audio-out' }>,
  'seq' | 'hostAtMs' | 'type' | 'sessionId'
>;

/** What packets carry, as `a=ptime` defaults to (RFC 3551 section 4.2). */
const PACKET_MS = 20;
/** Of what the provider sends. */
const REPLY_RATE_HZ = 24_000;
/** `OPUS_SET_BITRATE` and `OPUS_GET_LOOKAHEAD` of opus_defines.h; wideband speech needs no more bits. */
const SET_BITRATE = 4002;
const GET_LOOKAHEAD = 4027;
const BITS_PER_SECOND = 32_000;
/** A host that was held up sends what has become due, but no more than this at once. */
const MOST_CATCH_UP_MS = 100;

/** Encodes 20 ms of mono 16-bit sound at 24 000 Hz at a time. */
interface Encoder {
  /** Samples, at 24 000 Hz, by which a decoder lets sound out later than it went in. */
  readonly delaySamples: number;
  encode(frame: Int16Array): Buffer;
  close(): void;
}

function opusEncoder(opus: OpusLibrary): Encoder {
  const encoder = new opus.Encoder({ channels: 1, sample_rate: REPLY_RATE_HZ, application: 'voip' });
  encoder.ctl(SET_BITRATE, BITS_PER_SECOND);
  return {
    delaySamples: encoder.ctl(GET_LOOKAHEAD),
    encode: (frame) => Buffer.from(encoder.encode(frame)),
    close: () => encoder.drop(),
  };
}

function g711Encoder(law: 'mu-law' | 'a-law'): Encoder {
  const converter = new RateConverter(REPLY_RATE_HZ, G711_RATE_HZ);
  const { max, min, round } = Math;
  return {
    delaySamples: converter.lookaheadSamples,
    encode: (frame) => {
      const sound = converter.push(Float32Array.from(frame, (sample) => sample / 32_768));
      const pcm = Int16Array.from(sound, (sample) => max(-32_768, min(32_767, round(sample * 32_768))));
      return Buffer.from(encodeG711(pcm, law));
    },
    close: () => undefined,
  };
}

const encoderFor = ({ name }: RtpCodec, opus: OpusLibrary): Encoder =>
  name === 'opus' ? opusEncoder(opus) : g711Encoder(name === 'PCMU' ? 'mu-law' : 'a-law');

/** A reply on its way to the board. */
interface Playing {
  readonly responseId: string;
  readonly itemId: string;
  readonly chunks: Int16Array[];
  /** Samples that came, and that left. */
  come: number;
  left: number;
  /** No more will come. */
  whole: boolean;
}

export interface PlayoutContext {
  readonly clock: Clock;
  readonly codec: RtpCodec;
  readonly opus: OpusLibrary;
  readonly sendPacket: (packet: Buffer) => void;
  /** A packet with this much of a reply left. */
  readonly sent: (what: AudioOut, hostAtMs: number) => void;
  readonly started: (responseId: string) => void;
  readonly stopped: (responseId: string) => void;
}

/**
 * Lets replies out at the pace of speech, which a service that is asked over WebSocket sends faster: one RTP packet every
 * 20 ms (reference/providers.md 2.4). Time stamps run on within a reply and with the clock between replies.
 */
export class ReplyPlayout {
  private readonly queue: Playing[] = [];
  /** Responses that were cut off, and of which more may be on its way. */
  private readonly cutOff = new Set<string>();
  private readonly encoder: Encoder;
  private readonly packetSamples = (REPLY_RATE_HZ * PACKET_MS) / 1000;
  private readonly ssrc = randomBytes(4).readUInt32BE();
  private sequence = randomBytes(2).readUInt16BE();
  private readonly firstTimestamp = randomBytes(4).readUInt32BE();
  private readonly openedAtHostMs: number;
  private nextTick = 0;
  private dueAtHostMs: number | undefined;
  private timer: Cancel | undefined;

  constructor(private readonly context: PlayoutContext) {
    this.encoder = encoderFor(context.codec, context.opus);
    this.openedAtHostMs = context.clock.nowMs();
  }

  /** Source of the packets. */
  get source(): number {
    return this.ssrc;
  }

  /** A piece of a reply came; one of a response that was cleared is dropped. */
  say(responseId: string, itemId: string, samples: Int16Array): void {
    if (this.cutOff.has(responseId)) return;
    const known = this.queue.find((playing) => playing.itemId === itemId);
    const playing = known ?? { responseId, itemId, chunks: [], come: 0, left: 0, whole: false };
    if (known === undefined) this.queue.push(playing);
    playing.chunks.push(samples);
    playing.come += samples.length;
    if (this.timer === undefined) this.play();
  }

  /** Nothing more of this response comes. */
  end(responseId: string): void {
    this.cutOff.delete(responseId);
    for (const playing of this.queue) if (playing.responseId === responseId) playing.whole = true;
    if (this.timer === undefined) this.play();
  }

  /**
   * Stops what plays and drops what waits and what still comes of it; how much of each had left, ms.
   * @param begun - The response that the provider is at, which may have no sound yet. Undefined: none.
   */
  clear(
    begun?: string,
  ): readonly { readonly responseId: string; readonly itemId: string; readonly audioEndMs: number }[] {
    this.rest();
    if (begun !== undefined) this.cutOff.add(begun);
    for (const { responseId, whole } of this.queue) if (!whole) this.cutOff.add(responseId);
    return this.queue.splice(0).map(({ responseId, itemId, left, come }) => ({
      responseId,
      itemId,
      audioEndMs: Math.floor((Math.min(left, come) * 1000) / REPLY_RATE_HZ),
    }));
  }

  close(): void {
    this.queue.length = 0;
    this.rest();
    this.encoder.close();
  }

  private rest(): void {
    this.timer?.();
    this.timer = this.dueAtHostMs = undefined;
  }

  private play(): void {
    this.timer = undefined;
    const { clock, stopped } = this.context;
    for (let playing = this.queue[0]; playing !== undefined; playing = this.queue[0]) {
      const nowMs = clock.nowMs();
      const all = playing.come + this.encoder.delaySamples;
      const isOver = playing.whole && playing.left >= all;
      const canSend = playing.whole ? !isOver : playing.come - playing.left >= this.packetSamples;
      // Made slower than it is spoken: what comes later comes with the clock.
      if (!isOver && !canSend) return;
      if (this.dueAtHostMs !== undefined && nowMs - this.dueAtHostMs > MOST_CATCH_UP_MS)
        this.dueAtHostMs = nowMs - MOST_CATCH_UP_MS;
      const dueAtHostMs = this.dueAtHostMs ?? nowMs;
      if (dueAtHostMs > nowMs) {
        this.timer = clock.after(dueAtHostMs - nowMs, () => this.play());
        return;
      }
      if (isOver) {
        this.queue.shift();
        stopped(playing.responseId);
        continue;
      }
      this.sendNext(playing);
      this.dueAtHostMs = dueAtHostMs + PACKET_MS;
    }
    this.dueAtHostMs = undefined;
  }

  private sendNext(playing: Playing): void {
    const { clock, codec, sendPacket, sent, started } = this.context;
    const { responseId, itemId, left, come } = playing;
    const isFirst = left === 0;
    if (isFirst) started(responseId);
    const ticks = (codec.clockRateHz * PACKET_MS) / 1000;
    const sinceMs = clock.nowMs() - this.openedAtHostMs;
    if (this.dueAtHostMs === undefined)
      this.nextTick = Math.max(this.nextTick, Math.round((sinceMs * codec.clockRateHz) / 1000));
    const timestamp = (this.firstTimestamp + this.nextTick) % 2 ** 32;
    const { payloadType, clockRateHz } = codec;
    const { ssrc, sequence } = this;
    const payload = this.encoder.encode(this.take(playing));
    const hostAtMs = clock.nowMs();
    sendPacket(writeRtp({ payloadType, timestamp, ssrc, payload, sequence, marker: isFirst }));
    this.sequence = (sequence + 1) & 0xffff;
    this.nextTick += ticks;
    playing.left += this.packetSamples;
    const lengthSamples = Math.min(this.packetSamples, come - left);
    // What the codec lets out late has a packet, but no sample of its own.
    if (lengthSamples <= 0) return;
    const codecDelayMs = (this.encoder.delaySamples * 1000) / REPLY_RATE_HZ;
    const rtp = { ssrc, timestamp, clockRateHz, codecDelayMs };
    const place = { rateHz: REPLY_RATE_HZ, fromSample: left, lengthSamples };
    sent({ responseId, itemId, replyId: itemId, ...place, ...(isFirst && { rtp }) }, hostAtMs);
  }

  /** The next 20 ms; silence behind the end. */
  private take({ chunks }: Playing): Int16Array {
    const frame = new Int16Array(this.packetSamples);
    for (let filled = 0; filled < frame.length;) {
      const [chunk] = chunks;
      if (chunk === undefined) break;
      const part = chunk.subarray(0, frame.length - filled);
      frame.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) chunks.shift();
      else chunks[0] = chunk.subarray(part.length);
    }
    return frame;
  }
}
