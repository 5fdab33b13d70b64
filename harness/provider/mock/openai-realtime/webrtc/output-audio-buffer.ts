import { randomBytes } from 'node:crypto';
import type { Cancel, Clock } from '../../../../ports';
import { msOfSamples } from '../../../../units';
import type { UnstampedEvent } from '../../../event-log';
import type { Reply, ReplyShelf } from '../../reply-shelf';
import type { ConversationItem } from '../conversation';
import type { Midway, ReplyOutlet, SpokenPart } from '../reply-outlet';
import { wireEvent, type WireEvent } from '../wire-events';
import type { RtpCodec } from './offer';
import { writeRtp } from './rtp-packet';
import { PACKET_MS, type RtpReplies, type RtpReply } from './rtp-reply';

/**
 * A host that was held up sends what has become due, but no more than this at once: what is later than that moves the rest
 * of the reply back, as a burst would only overflow the board's jitter buffer.
 */
const MOST_CATCH_UP_MS = 100;

/** What plays for one response. */
interface Playing {
  readonly responseId: string;
  readonly item: ConversationItem;
  readonly replyId: string;
  readonly sound: RtpReply;
  /** How much of it was made. */
  madeSamples: number;
  /** Nothing more is made. */
  whole: boolean;
  sentPackets: number;
  /** What is to go wrong, until it has. */
  midway: Midway | undefined;
  /** It went silent, and nobody says so. */
  dead: boolean;
}

export interface OutputAudioContext {
  readonly clock: Clock;
  readonly shelf: ReplyShelf;
  readonly replies: RtpReplies;
  readonly codec: RtpCodec;
  readonly ssrc: number;
  /** False: there is nobody to send to. */
  readonly sendPacket: (packet: Buffer) => boolean;
  readonly send: (event: WireEvent) => void;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
  /** All that was said has been played. */
  readonly drained: () => void;
}

/**
 * The vendor's output audio buffer: what responses say, faster than it can be spoken, leaves here as one RTP packet every
 * 20 ms (reference/providers.md 2.4, 2.9). Due times count on from a reply's first packet, so that the lateness of timers
 * does not add up. Time stamps run on within a reply and with the clock between replies; the first packet of each reply has
 * the marker.
 */
export class OutputAudioBuffer implements ReplyOutlet {
  private readonly queue: Playing[] = [];
  private readonly awaiting: (() => void)[] = [];
  private timer: Cancel | undefined;
  private sequence = randomBytes(2).readUInt16BE();
  private readonly firstTimestamp = randomBytes(4).readUInt32BE();
  private readonly openedAtHostMs: number;
  private readonly ticksPerPacket: number;
  /** When the next packet is due; undefined while nothing plays. */
  private dueAtHostMs: number | undefined;
  /** The last packet left before the next one was made. */
  private starved = false;
  /** Ticks from the call's first time stamp to that of the next packet. */
  private nextTick = 0;

  constructor(private readonly context: OutputAudioContext) {
    this.openedAtHostMs = context.clock.nowMs();
    this.ticksPerPacket = (context.codec.clockRateHz * PACKET_MS) / 1000;
  }

  get isPlaying(): boolean {
    return this.queue.length > 0;
  }

  replyFor(utterance: string): Reply {
    return this.context.shelf.get(utterance);
  }

  say({ responseId, item, reply, fromSample, lengthSamples, sendWords, midway }: SpokenPart): void {
    const playing =
      this.queue.find((other) => other.item === item) ?? this.begin(responseId, item, reply, midway);
    const { sound } = playing;
    playing.madeSamples = ((fromSample + lengthSamples) * sound.rateHz) / reply.rateHz;
    if (this.timer === undefined) this.play();
    sendWords();
  }

  madeAll(responseId: string): void {
    for (const playing of this.queue) if (playing.responseId === responseId) playing.whole = true;
    if (this.timer === undefined) this.play();
  }

  whenPlayed(step: () => void): void {
    if (this.isPlaying) this.awaiting.push(step);
    else step();
  }

  interrupt(): void {
    for (const { item, audioEndMs } of this.cutOff()) {
      const fields = { item_id: item.id, content_index: 0, audio_end_ms: audioEndMs };
      this.context.send(wireEvent('conversation.item.truncated', fields));
    }
  }

  clear(): undefined {
    this.cutOff();
    return undefined;
  }

  stop(): void {
    this.queue.length = 0;
    this.awaiting.length = 0;
    this.rest();
  }

  private begin(responseId: string, item: ConversationItem, { clip }: Reply, midway?: Midway): Playing {
    if (this.queue[0]?.dead === true) this.queue.shift();
    const sound = this.context.replies.get(clip.utterance, this.context.codec.name);
    const started = { madeSamples: 0, whole: false, sentPackets: 0, midway, dead: false };
    const playing: Playing = { responseId, item, replyId: clip.id, sound, ...started };
    this.queue.push(playing);
    return playing;
  }

  /**
   * Stops what plays and drops what waits.
   * @returns What was cut off, and how much of it had been played.
   */
  private cutOff(): readonly { readonly item: ConversationItem; readonly audioEndMs: number }[] {
    const cleared = this.queue.splice(0);
    const [current] = cleared;
    if (current === undefined) return [];
    this.rest();
    this.context.send(wireEvent('output_audio_buffer.cleared', { response_id: current.responseId }));
    const cut = cleared.map((playing) => {
      const audioEndMs = playedMsOf(playing);
      playing.item.audioMs = audioEndMs;
      this.context.log({ type: 'truncated', itemId: playing.item.id, audioEndMs });
      return { item: playing.item, audioEndMs };
    });
    this.tellPlayed();
    return cut;
  }

  private tellPlayed(): void {
    for (const step of this.awaiting.splice(0)) step();
    this.context.drained();
  }

  private rest(): void {
    this.timer?.();
    this.timer = undefined;
    this.dueAtHostMs = undefined;
    this.starved = false;
  }

  /** Sends all packets that are due and comes back for the next. */
  private play(): void {
    this.timer = undefined;
    for (let playing = this.queue[0]; playing !== undefined; playing = this.queue[0]) {
      if (playing.dead) return;
      const nowMs = this.context.clock.nowMs();
      const isMade = playing.sentPackets < availablePacketsOf(playing);
      if (!isMade && !playing.whole) {
        this.starved = playing.sentPackets < playing.sound.packets;
        return;
      }
      if (this.starved && nowMs - (this.dueAtHostMs ?? nowMs) > MOST_CATCH_UP_MS) {
        // Made slower than it is spoken: the sound has a hole, and its time stamps as well.
        this.dueAtHostMs = undefined;
      }
      this.starved = false;
      const dueAtHostMs = this.dueAtHostMs ?? nowMs;
      if (dueAtHostMs > nowMs) {
        this.timer = this.context.clock.after(dueAtHostMs - nowMs, () => this.play());
        return;
      }
      if (!isMade) {
        // The last packet has been heard.
        this.finish(playing);
        continue;
      }
      const isLate = nowMs - dueAtHostMs > MOST_CATCH_UP_MS;
      this.sendNext(playing);
      this.dueAtHostMs = (isLate ? nowMs - MOST_CATCH_UP_MS : dueAtHostMs) + PACKET_MS;
    }
    this.dueAtHostMs = undefined;
  }

  private sendNext(playing: Playing): void {
    const { clock, codec, ssrc, sendPacket, send, log } = this.context;
    const { responseId, item, replyId, sound, sentPackets } = playing;
    const isFirst = sentPackets === 0;
    if (isFirst) send(wireEvent('output_audio_buffer.started', { response_id: responseId }));
    if (this.dueAtHostMs === undefined) this.nextTick = Math.max(this.nextTick, this.ticksNow());
    const timestamp = (this.firstTimestamp + this.nextTick) % 2 ** 32;
    const { payloadType, clockRateHz } = codec;
    const payload = sound.payload(sentPackets);
    const packet = writeRtp({
      ...{ payloadType, timestamp, ssrc, payload },
      sequence: this.sequence,
      marker: isFirst,
    });
    const hostAtMs = clock.nowMs();
    sendPacket(packet);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.nextTick += this.ticksPerPacket;
    playing.sentPackets += 1;
    this.passMidway(playing);
    const fromSample = sentPackets * sound.packetSamples;
    const lengthSamples = Math.min(sound.packetSamples, sound.lengthSamples - fromSample);
    // What the codec lets out late has a packet, but no sample of its own.
    if (lengthSamples <= 0) return;
    const rtp = { ssrc, timestamp, clockRateHz, codecDelayMs: sound.codecDelayMs };
    log(
      {
        ...{ type: 'audio-out', responseId, itemId: item.id, replyId },
        ...{ rateHz: sound.rateHz, fromSample, lengthSamples },
        ...(isFirst && { rtp }),
      },
      hostAtMs,
    );
  }

  private passMidway(playing: Playing): void {
    const { midway, sentPackets } = playing;
    if (midway === undefined || sentPackets * PACKET_MS < midway.atMs) return;
    playing.midway = undefined;
    playing.dead = midway.reached();
    if (!playing.dead) return;
    const message = `The sound of response ${playing.responseId} stopped after ${playedMsOf(playing)} ms, and nothing said so.`;
    this.context.log({ type: 'deviation', code: 'sound-stopped', message });
  }

  private finish({ responseId }: Playing): void {
    this.queue.shift();
    this.context.send(wireEvent('output_audio_buffer.stopped', { response_id: responseId }));
    if (this.isPlaying) return;
    this.dueAtHostMs = undefined;
    this.tellPlayed();
  }

  /** Ticks of the codec's clock since the call began. */
  private ticksNow(): number {
    const sinceMs = this.context.clock.nowMs() - this.openedAtHostMs;
    return Math.round((sinceMs * this.context.codec.clockRateHz) / 1000);
  }
}

/** How many packets of a reply may leave: of sound that may go on, whole ones only. */
function availablePacketsOf({ sound, madeSamples, whole }: Playing): number {
  if (madeSamples >= sound.lengthSamples) return sound.packets;
  const packets = madeSamples / sound.packetSamples;
  return whole ? Math.ceil(packets) : Math.floor(packets);
}

const playedMsOf = ({ sentPackets, sound }: Playing): number =>
  Math.floor(msOfSamples(Math.min(sentPackets * sound.packetSamples, sound.lengthSamples), sound.rateHz));
