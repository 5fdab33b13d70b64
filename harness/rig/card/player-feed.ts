import type { SampleFormat } from '../../ports';
import { samplesIn } from '../../units';
import type { PlaybackMixer } from '../stream/playback-mixer';
import { bytesPerSample, encodeOnAll } from './sample-codec';

/**
 * Sound on its way to the card beside what the capture has asked for: what a busy machine may hold this process up without a gap in a
 * prompt. A prompt comes out as much later; latencies are measured in the capture, so that costs nothing but the wait.
 */
const AHEAD_MS = 220;
/** A player with more than this waiting in front of it does not play; silence is not added to that. */
const MOST_WAITING_MS = 500;
/** A player that has not said by then that it is ready is filled all the same. */
const READY_WITHIN_MS = 1000;
/** Everything of the last clip has been heard by then, also from a player that is far behind. */
const REFRESH_AFTER_SILENCE_MS = 2000;
/** And by then from one that has just run dry once. */
const HEARD_OUT_MS = 600;

/** What plays the bytes. */
export interface ByteSink {
  readonly waitingBytes: number;
  write(bytes: Buffer): void;
}

export interface PlayerFeedParts {
  readonly mixer: PlaybackMixer;
  readonly blockSamples: number;
  readonly rateHz: number;
  readonly format: SampleFormat;
  readonly channelCount: number;
  /** Starts the player, or another one in place of it. */
  readonly start: () => ByteSink;
}

/**
 * Keeps a player's input filled to the same level: one block out for each block in. A player that ran dry plays on later than it should,
 * by nobody knows how much; in the next long silence another one takes its place, filled to the level.
 */
export class PlayerFeed {
  private player: ByteSink;
  /** Counted from the player's start; it takes its time to open the card, and what is handed over before that only waits. */
  private blocksSinceStart = 0;
  private hasBeenFilled = false;
  private silentBlocks = 0;
  private isStale = false;

  constructor(private readonly parts: PlayerFeedParts) {
    this.player = parts.start();
    // The mixer's block k goes out when block k - 1 of the capture is in hand, so block 0 goes ahead of them all.
    parts.mixer.next();
  }

  /** Whether a clip would come out now. */
  get isFilled(): boolean {
    return this.hasBeenFilled;
  }

  /** Whether the player leaves what it is given: it has stopped, or plays slower than the card records. */
  get isBackedUp(): boolean {
    return this.player.waitingBytes > this.bytesIn(MOST_WAITING_MS);
  }

  /** Whether a clip would come out later than it should, and another player could take its place now: nothing of the last clip is on its way. */
  get wantsRefresh(): boolean {
    return this.isStale && this.silentBlocks >= this.blocksIn(HEARD_OUT_MS);
  }

  /** Starts another player in place of this one. */
  refresh(): void {
    this.startAnew();
  }

  /** Hands over the next block of the mixer, for a block of the capture that was in hand so late. */
  next(lagMs: number): void {
    const { mixer, format, channelCount } = this.parts;
    const isSilence = mixer.isIdle;
    const samples = mixer.next();
    if (lagMs > AHEAD_MS) this.isStale = true;
    this.silentBlocks = isSilence ? this.silentBlocks + 1 : 0;
    this.blocksSinceStart += 1;
    if (this.isStale && this.silentBlocks >= this.blocksIn(REFRESH_AFTER_SILENCE_MS)) this.startAnew();
    if (!this.hasBeenFilled) {
      if (isSilence && this.blocksSinceStart < this.blocksIn(READY_WITHIN_MS)) return;
      this.fill();
    }
    if (!isSilence || !this.isBackedUp) this.player.write(encodeOnAll(samples, format, channelCount));
  }

  /** The player has opened the card and takes sound. */
  isReady(): void {
    if (!this.hasBeenFilled) this.fill();
  }

  /** The player had nothing left, or lost its place. */
  ranDry(): void {
    this.isStale = true;
  }

  private fill(): void {
    this.hasBeenFilled = true;
    this.player.write(Buffer.alloc(this.bytesIn(AHEAD_MS)));
  }

  private startAnew(): void {
    this.player = this.parts.start();
    this.blocksSinceStart = 0;
    this.hasBeenFilled = false;
    this.isStale = false;
  }

  private blocksIn(durationMs: number): number {
    return samplesIn(durationMs, this.parts.rateHz) / this.parts.blockSamples;
  }

  private bytesIn(durationMs: number): number {
    const { rateHz, format, channelCount } = this.parts;
    return samplesIn(durationMs, rateHz) * bytesPerSample(format) * channelCount;
  }
}
