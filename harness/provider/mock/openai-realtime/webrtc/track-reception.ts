import type { Cancel, Clock, MediaCounts } from '../../../../ports';
import { readRtp, type RtpPacket } from './rtp-packet';
import type { RtpCodec } from './offer';
import type { SpeechDecoder } from './speech-decoder';

export interface ReceptionContext {
  readonly clock: Clock;
  readonly codec: RtpCodec;
  readonly decoder: SpeechDecoder;
  /**
   * Gets all sound in order, without holes: mono 16-bit at `HEARD_RATE_HZ`.
   * @param isInvented - The samples stand in for sound that was lost.
   * @param timestamp - RTP time stamp of the first sample; undefined of silence that nobody sent.
   */
  readonly hear: (
    samples: Int16Array,
    arrivedAtHostMs: number,
    isInvented: boolean,
    timestamp: number | undefined,
  ) => void;
}

/** How many later packets, and how long, a missing one is waited for: 100 ms of the usual packets. */
const MOST_HELD = 5;
const MOST_WAIT_MS = 100;
/** A talker of whom nothing comes for so long is silent; its turn has to end all the same. */
const SILENT_AFTER_MS = 400;
const SILENCE_STEP_MS = 20;
/** Beyond this, a talker has begun anew and no hole is filled. */
const MOST_GAP_S = 10;
const MOST_GAP_PACKETS = 1000;

interface Held {
  readonly packet: RtpPacket;
  readonly arrivedAtHostMs: number;
}

const none = (): Record<
  Exclude<keyof MediaCounts, `${string}Ms`> | 'concealedTicks' | 'silenceTicks',
  number
> => ({
  packets: 0,
  lost: 0,
  late: 0,
  duplicated: 0,
  reordered: 0,
  undecodable: 0,
  concealedTicks: 0,
  silenceTicks: 0,
});

/** The signed distance between two numbers that wrap. */
const distance = (from: number, to: number, modulus: number): number => {
  const ahead = (to - from + modulus) % modulus;
  return ahead < modulus / 2 ? ahead : ahead - modulus;
};

/**
 * The client's audio track: RTP in whatever order it comes, sound out in order. Time stamps keep each sample at its place
 * across losses and pauses; what was lost is concealed and counted.
 */
export class TrackReception {
  private counts = none();
  private jitterTicks = 0;
  private ssrc: number | undefined;
  /** Sequence number of the newest packet, counted on past its 16 bits. */
  private newest = 0;
  /** That of the packet that is played next. */
  private next = 0;
  /** Time stamp of the sample that is played next. */
  private nextTimestamp = 0;
  private held = new Map<number, Held>();
  /** The last numbers that were played, to tell twice from late. */
  private played = new Set<number>();
  private waiting: Cancel | undefined;
  private silence: Cancel | undefined;
  private transit: number | undefined;
  /** Sound of a packet that could not be read is missing. */
  private isMissing = false;
  private closed = false;

  constructor(private readonly context: ReceptionContext) {}

  /** What became of the packets since this was asked before. */
  sinceLast(): MediaCounts {
    const { concealedTicks, silenceTicks, ...counts } = this.counts;
    this.counts = none();
    return {
      ...counts,
      concealedMs: this.msOf(concealedTicks),
      silenceMs: this.msOf(silenceTicks),
      jitterMs: this.msOf(this.jitterTicks),
    };
  }

  /** Takes what came on the media port; packets of other kinds are let be. */
  take(bytes: Buffer, arrivedAtHostMs: number): void {
    const packet = readRtp(bytes);
    if (this.closed || packet === undefined || packet.payloadType !== this.context.codec.payloadType) return;
    if (packet.ssrc !== this.ssrc) this.beginWith(packet);
    const number = this.newest + distance(this.newest & 0xffff, packet.sequence, 65_536);
    const ahead = number - this.newest;
    if (ahead > MOST_GAP_PACKETS || ahead < -MOST_GAP_PACKETS) {
      this.beginWith(packet);
      this.take(bytes, arrivedAtHostMs);
      return;
    }
    if (this.held.has(number) || this.played.has(number)) {
      this.counts.duplicated++;
      return;
    }
    if (number < this.next) {
      this.counts.late++;
      return;
    }
    if (number < this.newest) this.counts.reordered++;
    this.newest = Math.max(this.newest, number);
    this.countJitter(packet, arrivedAtHostMs);
    this.held.set(number, { packet, arrivedAtHostMs });
    this.playHeld();
  }

  close(): void {
    this.closed = true;
    this.stopWaiting();
    this.silence?.();
    this.context.decoder.close();
  }

  private beginWith({ ssrc, sequence, timestamp }: RtpPacket): void {
    this.giveUpMissing(0);
    this.ssrc = ssrc;
    // Low numbers may come behind it.
    this.newest = this.next = sequence + 65_536;
    this.nextTimestamp = timestamp;
    this.played.clear();
    this.transit = undefined;
  }

  private playHeld(): void {
    this.playInOrder();
    this.giveUpMissing(MOST_HELD);
    if (this.held.size === 0) this.stopWaiting();
    else
      this.waiting ??= this.context.clock.after(MOST_WAIT_MS, () => {
        this.waiting = undefined;
        this.giveUpMissing(0);
      });
    this.awaitSilence(SILENT_AFTER_MS);
  }

  private playInOrder(): void {
    for (let held = this.held.get(this.next); held !== undefined; held = this.held.get(this.next)) {
      this.held.delete(this.next);
      this.play(held, 0);
    }
  }

  /** Stops to wait for missing packets while more than this many are held behind them. */
  private giveUpMissing(mostHeld: number): void {
    while (this.held.size > mostHeld) {
      const first = Math.min(...this.held.keys());
      const missing = first - this.next;
      this.counts.lost += missing;
      const held = this.held.get(first) as Held;
      this.held.delete(first);
      this.next = first;
      this.play(held, missing);
      this.playInOrder();
    }
  }

  private play({ packet, arrivedAtHostMs }: Held, missing: number): void {
    const { decoder, hear } = this.context;
    this.played.add(this.next);
    this.played.delete(this.next - MOST_GAP_PACKETS);
    this.next++;
    this.isMissing ||= missing > 0;
    const ticks = decoder.ticksOf(packet.payload);
    if (ticks === undefined) {
      // Its place is filled by the time stamp of the packet behind it.
      this.counts.undecodable++;
      this.isMissing = true;
      return;
    }
    this.fillUpTo(packet.timestamp, this.isMissing, arrivedAtHostMs);
    this.isMissing = false;
    const samples = decoder.decode(packet.payload);
    if (samples === undefined) {
      this.counts.undecodable++;
      this.counts.concealedTicks += ticks;
      hear(decoder.conceal(ticks), arrivedAtHostMs, true, packet.timestamp);
    } else {
      this.counts.packets++;
      hear(samples, arrivedAtHostMs, false, packet.timestamp);
    }
    this.nextTimestamp = (packet.timestamp + ticks) % 2 ** 32;
  }

  /** Fills the time up to a packet: with what stands in for lost sound, or with silence that was not sent. */
  private fillUpTo(timestamp: number, isLoss: boolean, arrivedAtHostMs: number): void {
    const { decoder, hear, codec } = this.context;
    const gap = distance(this.nextTimestamp, timestamp, 2 ** 32);
    // Behind what was played: silence was put in for a pause that was none, and the sound goes on after it.
    if (gap <= 0 || gap > MOST_GAP_S * codec.clockRateHz) return;
    if (isLoss) this.counts.concealedTicks += gap;
    else this.counts.silenceTicks += gap;
    if (isLoss) hear(decoder.conceal(gap), arrivedAtHostMs, true, this.nextTimestamp);
    else hear(decoder.silence(gap), arrivedAtHostMs, false, undefined);
  }

  private awaitSilence(afterMs: number): void {
    const { clock, codec, decoder, hear } = this.context;
    this.silence?.();
    this.silence = clock.after(afterMs, () => {
      const ticks = (codec.clockRateHz * afterMs) / 1000;
      this.counts.silenceTicks += ticks;
      this.nextTimestamp = (this.nextTimestamp + ticks) % 2 ** 32;
      hear(decoder.silence(ticks), clock.nowMs(), false, undefined);
      this.awaitSilence(SILENCE_STEP_MS);
    });
  }

  private stopWaiting(): void {
    this.waiting?.();
    this.waiting = undefined;
  }

  private countJitter({ timestamp }: RtpPacket, arrivedAtHostMs: number): void {
    const transit = (arrivedAtHostMs * this.context.codec.clockRateHz) / 1000 - timestamp;
    if (this.transit !== undefined) {
      const change = Math.abs(transit - this.transit);
      // A time stamp that wrapped says nothing.
      if (change < 2 ** 31) this.jitterTicks += (change - this.jitterTicks) / 16;
    }
    this.transit = transit;
  }

  private msOf(ticks: number): number {
    return Math.round((ticks * 10_000) / this.context.codec.clockRateHz) / 10;
  }
}
