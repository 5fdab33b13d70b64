import type { LinkTruth } from '../../../../harness/audio';
import { samplesIn } from '../../../../harness/units';
import { LinkSound } from '../link-sound';
import { fromPcm16, pcm16Bytes, pcm16OfBytes, toPcm16 } from '../pcm16';
import type { SoundCard } from '../sound-card';

/** Every stream has the rate that cards and null sinks run at, so that no server converts anything. */
export const SERVER_RATE_HZ = 48_000;
/** 10 ms, as the blocks of an audio link: the echo canceller is made for pieces of that length. */
export const BLOCK_SAMPLES = 480;
const BLOCK_BYTES = 2 * BLOCK_SAMPLES;
/** A board that has been silent for so long, 500 ms, is between two replies: in the middle of one silence is part of it. */
const SILENT_BLOCKS = 50;

/** Counted truth about a block, its places in samples of what the board heard (`uplink`) or wrote (`speaker`) since the streams were up. */
export type StreamTruth = LinkTruth;

/** Where the sound of a board goes to. */
export interface SoundOutput {
  /** Mono, s16le, 48 000 Hz: what the speaker plays. */
  play(bytes: Buffer): void;
  /** Mono, s16le, 48 000 Hz: what the microphone heard, whole blocks. */
  heard?(bytes: Buffer): void;
  counted?(truth: readonly StreamTruth[]): void;
}

/**
 * Couples a sound card to the streams of a sound server: for each block that comes from the recording, one of the same length goes to the
 * playback. So the server's clock is the rig's clock of `LinkSound`, and the playback neither starves nor fills up as long as source and sink
 * have one clock and nothing was late.
 */
export class ServerSound {
  private readonly link: LinkSound;
  private waiting: Buffer = Buffer.alloc(0);
  private readonly aheadSamples: number;
  private blocks = 0;
  private silentBlocks = 0;
  private surplusBlocks = 0;
  private leftOutBlocks = 0;

  /** @param bufferMs - Silence that the playback starts with: what may be late by less is not heard to be. */
  constructor(
    sound: SoundCard,
    private readonly output: SoundOutput,
    bufferMs: number,
  ) {
    this.link = new LinkSound(sound, { rateHz: SERVER_RATE_HZ, rigPpm: 0 });
    this.aheadSamples = samplesIn(bufferMs, SERVER_RATE_HZ);
    output.play(Buffer.alloc(2 * this.aheadSamples));
  }

  /** Samples that came from the source, in whole blocks. */
  get heardSamples(): number {
    return this.blocks * BLOCK_SAMPLES;
  }

  /** Samples that were written for the sink, the silence ahead of them included. */
  get playedSamples(): number {
    return this.heardSamples + this.writtenMoreSamples;
  }

  /**
   * So much is to be left out of the playback, as far as the board is silent between two replies: after a gap everything would be that much
   * later for ever. What was asked for before and has not been done is forgotten.
   */
  leaveOut(samples: number): void {
    this.surplusBlocks = Math.floor(samples / BLOCK_SAMPLES);
  }

  /** Takes bytes of the recording in pieces of any length. */
  hear(bytes: Buffer): void {
    const joined = this.waiting.length === 0 ? bytes : Buffer.concat([this.waiting, bytes]);
    let start = 0;
    for (; start + BLOCK_BYTES <= joined.length; start += BLOCK_BYTES)
      this.exchange(joined.subarray(start, start + BLOCK_BYTES));
    this.waiting = Buffer.from(joined.subarray(start));
  }

  private exchange(microphone: Buffer): void {
    const { samples, truth } = this.link.exchange(fromPcm16(pcm16OfBytes(microphone)));
    this.blocks += 1;
    const isSilent = !truth.some(({ kind }) => kind === 'speaker') && samples.every((sample) => sample === 0);
    this.silentBlocks = isSilent ? this.silentBlocks + 1 : 0;
    if (this.surplusBlocks > 0 && this.silentBlocks > SILENT_BLOCKS) {
      this.surplusBlocks -= 1;
      this.leftOutBlocks += 1;
    } else this.output.play(pcm16Bytes(toPcm16(samples)));
    this.output.heard?.(microphone);
    if (truth.length > 0) this.output.counted?.(truth.map((one) => this.inStream(one)));
  }

  /** Samples that were written for the sink over those that were heard. */
  private get writtenMoreSamples(): number {
    return this.aheadSamples - this.leftOutBlocks * BLOCK_SAMPLES;
  }

  private inStream(truth: LinkTruth): StreamTruth {
    return truth.kind === 'uplink'
      ? truth
      : { ...truth, atLinkSample: truth.atLinkSample + this.writtenMoreSamples };
  }
}
