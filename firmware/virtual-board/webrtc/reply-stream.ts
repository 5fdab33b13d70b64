import type { RtpSamples } from '../../../harness/audio';
import type { FaultSwitches } from '../faults';
import type { ItemRun } from '../sound/play-queue';
import type { RtpSource, SoundCard } from '../sound/sound-card';
import type { AudioCoder } from './audio-codec';
import type { AudioFormat } from './audio-format';
import { JitterBuffer, type ArrivedPacket, type ReceptionCounts } from './jitter-buffer';

/** The fault `cut-reply`: this much of each reply is played. */
const CUT_AFTER_MS = 600;
/** Faults that strike in the middle of a reply: this much of it is played before. */
const STRIKES_AFTER_MS = 300;
/** What the sound card calls what was received, and what was made up for what was not. */
const RECEIVED = 'received';
const CONCEALED = 'concealed';
/** A pause in the time stamps that is longer begins another reply. */
const PAUSE_MS = 200;

/** How sound arrived. */
export interface SoundCounts extends ReceptionCounts {
  /** Packets that the codec could not read. */
  readonly undecodable: number;
  /** Times that a reply paused because its next packet came too late. */
  readonly ranDry: number;
}

/** Replies of one session: packets on their way to the speaker, which knows them by their time stamps. */
export class ReplyStream implements RtpSource {
  private readonly buffer = new JitterBuffer();
  private ssrc = 0;
  /** Time stamp of source sample 0, and the latest that was played with the sample that it stands for. */
  private firstTimestamp: number | undefined;
  private latest = { timestamp: 0, sample: 0 };
  /** After the last sample that was queued, and the one that the reply began with. */
  private end = 0;
  private replyStart = 0;
  private undecodable = 0;
  private ranDry = 0;
  private wasDry = false;

  constructor(
    private readonly sound: SoundCard,
    private readonly faults: FaultSwitches,
    private readonly format: AudioFormat,
    private readonly coder: AudioCoder,
    private readonly nowMs: () => number,
  ) {}

  get counts(): SoundCounts {
    const { undecodable, ranDry } = this;
    return { ...this.buffer.counts, undecodable, ranDry };
  }

  receive(packet: ArrivedPacket): void {
    this.buffer.push(packet, this.nowMs());
  }

  readonly supply = (): boolean => {
    const due = this.buffer.next(this.nowMs());
    if (due === undefined) {
      this.wasDry = true;
      return false;
    }
    // Made-up sound is nothing that a provider sent, so it is no part of the reply.
    if (due === 'lost') this.queue(this.coder.conceal(), CONCEALED);
    else this.play(due);
    return true;
  };

  samplesOf(run: ItemRun): RtpSamples | undefined {
    if (run.itemId !== RECEIVED) return undefined;
    const { ssrc, firstTimestamp = 0 } = this;
    const ticksPerSample = this.ticksPerSample;
    const timestamp = (firstTimestamp + run.sourceSample * ticksPerSample) % 2 ** 32;
    return { ssrc, timestamp, ticksPerSample };
  }

  /** Strikes once, when that much of the next reply was heard, while a fault that does is on. */
  doomNextReply(strike: () => void): void {
    let doomed: number | undefined;
    const after = this.end;
    this.sound.watchPlayback((run) => {
      if (run.sourceSample < after) return;
      doomed ??= run.sourceSample;
      const heardMs = ((run.sourceSample + run.lengthSamples - doomed) * 1000) / this.format.sampleRateHz;
      if (heardMs < STRIKES_AFTER_MS || this.faults.striking === undefined) return;
      this.sound.watchPlayback(undefined);
      strike();
    });
  }

  private get ticksPerSample(): number {
    return this.format.clockRateHz / this.format.sampleRateHz;
  }

  private play(packet: ArrivedPacket): void {
    let samples: Int16Array;
    try {
      samples = this.coder.decode(packet.payload);
    } catch {
      this.undecodable++;
      return;
    }
    this.place(packet);
    this.queue(samples, RECEIVED);
  }

  /** Finds out which sample of the stream a packet begins with. */
  private place({ timestamp, ssrc }: ArrivedPacket): void {
    if (this.firstTimestamp === undefined) {
      this.firstTimestamp = timestamp;
      this.latest = { timestamp, sample: 0 };
    }
    this.ssrc = ssrc;
    const ticks = (timestamp - this.latest.timestamp) | 0;
    const sample = this.latest.sample + ticks / this.ticksPerSample;
    const pauseMs = ((sample - this.end) * 1000) / this.format.sampleRateHz;
    if (this.end === 0 || pauseMs > PAUSE_MS) this.replyStart = sample;
    else if (this.wasDry && pauseMs === 0) this.ranDry++;
    this.wasDry = false;
    this.latest = { timestamp, sample };
    this.end = sample;
  }

  private queue(samples: Int16Array, itemId: string): void {
    const heard = this.end - this.replyStart;
    const limit = (CUT_AFTER_MS * this.format.sampleRateHz) / 1000;
    const isOver = this.faults.has('cut-reply') && heard >= limit;
    if (!isOver) this.sound.play(itemId, this.end, samples);
    this.end += samples.length;
  }
}
