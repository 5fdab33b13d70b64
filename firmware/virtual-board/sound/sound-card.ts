import type { RtpSamples } from '../../../harness/audio';
import type { Crystal } from '../crystal';
import type { FaultSwitches } from '../faults';
import { DmaChain, type StoppedItem, type Supply, type Transmitted } from './dma-chain';
import { EchoCanceller } from './echo-canceller';
import type { ItemRun } from './play-queue';
import { SlowCodec, slowRateHz } from './slow-codec';
import { ADC_RATE_HZ, Uplink, type SendChunk, type SentChunk } from './uplink';

/** Rate of the speaker of a board that plays what a WebSocket brings; sound of WebRTC has its codec's. */
export const SOCKET_RATE_HZ = 24_000;

/** Called for every stretch of a reply that leaves the speaker. */
export type PlayedListener = (run: ItemRun) => void;

/** Sound that a session gets over RTP: handed over when the speaker needs it, and known by its time stamps. */
export interface RtpSource {
  /** Queues a little more; false when there is nothing to play. */
  readonly supply: Supply;
  /** Which sound of the stream a run is; undefined for sound that was made up. */
  samplesOf(run: ItemRun): RtpSamples | undefined;
}

/**
 * Microphone and speaker of the board, counted in samples of its own crystal since power-on: ADC 16 kHz, DAC as the
 * firmware sets it. It does not know what drives it, an audio link or the idle timer; both feed ADC samples and take DAC frames.
 */
export class SoundCard {
  private readonly chain: DmaChain;
  private canceller: EchoCanceller;
  /** While the fault `wrong-rate` is on. */
  private slow: SlowCodec | undefined;
  private uplink: Uplink | undefined;
  private onPlayed: PlayedListener | undefined;
  private onWritten: (() => void) | undefined;
  private rtp: RtpSource | undefined;
  private adcSamples = 0;
  private dacFrames = 0;
  private descriptors: number;

  constructor(
    private readonly faults: FaultSwitches,
    /** Runs since power-on: a reset of the chip does not stop the sample clock. */
    readonly crystal: Crystal,
    private readonly dmaDescriptors: number,
    dmaFrames: number,
    readonly dacRateHz: number = SOCKET_RATE_HZ,
  ) {
    this.descriptors = dmaDescriptors;
    this.chain = new DmaChain(dmaDescriptors, dmaFrames, {
      starves: () => faults.has('stutter'),
      supply: () => this.rtp?.supply() ?? false,
      wrote: () => this.onWritten?.(),
    });
    this.canceller = new EchoCanceller(dacRateHz, ADC_RATE_HZ);
  }

  /** ADC samples since power-on. */
  get adcSample(): number {
    return this.adcSamples;
  }

  /** DAC frames since power-on. */
  get dacFrame(): number {
    return this.dacFrames;
  }

  get isPlaying(): boolean {
    return this.chain.isPlaying;
  }

  /** Queues reply audio of the DAC's rate; false when there is no memory for it. */
  play(itemId: string, sourceSample: number, samples: Int16Array): boolean {
    return this.chain.play(itemId, sourceSample, samples);
  }

  /** Plays what a session gets over RTP until it is stopped. */
  playRtp(source: RtpSource): void {
    this.rtp = source;
  }

  /** Stops playback now; gives back what was cut. */
  stopPlayback(): StoppedItem[] {
    this.rtp = undefined;
    return this.chain.flush();
  }

  /** Which sound of an RTP stream a run is; undefined: it came otherwise. */
  rtpSamplesOf(run: ItemRun): RtpSamples | undefined {
    return this.rtp?.samplesOf(run);
  }

  watchPlayback(listener: PlayedListener | undefined): void {
    this.onPlayed = listener;
  }

  /** Told each time that sound of a reply is written to the DMA chain. */
  watchWrites(listener: (() => void) | undefined): void {
    this.onWritten = listener;
  }

  /** From here on the microphone goes to `send`, 20 ms of `streamRateHz` at a time. */
  openMicrophone(streamRateHz: number, send: SendChunk): void {
    this.uplink = new Uplink(this.adcSamples, streamRateHz, send);
  }

  closeMicrophone(): void {
    this.uplink = undefined;
  }

  /** The firmware that starts has a DMA chain of so many descriptors; undefined: as the board was started with. */
  chainOf(descriptors: number = this.dmaDescriptors): void {
    if (descriptors === this.descriptors) return;
    this.descriptors = descriptors;
    this.chain.resize(descriptors);
  }

  /** No session, no sound: what a reset or a panic leaves behind. */
  silence(): void {
    this.closeMicrophone();
    this.watchPlayback(undefined);
    this.watchWrites(undefined);
    this.stopPlayback();
  }

  /** The next ADC sample and the next DAC frame are at one time: another clock drives the card from here on. */
  synchronise(): void {
    this.canceller = new EchoCanceller(this.dacRateHz, ADC_RATE_HZ);
  }

  /** Feeds what the ADC converted; what of it is the board's own voice does not go to the provider. */
  hear(samples: Int16Array): SentChunk[] {
    this.adcSamples += samples.length;
    const heard = this.faults.has('dead-mic') ? samples.map(() => 0) : samples;
    const cancelled = this.canceller.hear(heard);
    return this.uplink?.push(this.faults.has('echo-leak') ? heard : cancelled) ?? [];
  }

  /** Takes the next frames for the DAC; with the amplifier off they are silent, and nothing of a reply is in them. */
  transmit(count: number): Transmitted & { readonly sourceRateHz: number } {
    const { dacRateHz } = this;
    const wrongRate = this.faults.has('wrong-rate');
    this.slow = wrongRate ? (this.slow ?? new SlowCodec(this.chain, dacRateHz)) : undefined;
    const transmitted = (this.slow ?? this.chain).transmit(count);
    this.dacFrames += count;
    for (const run of transmitted.runs) this.onPlayed?.(run);
    const played = this.faults.has('dead-speaker')
      ? { frames: new Int16Array(count), runs: [] }
      : transmitted;
    this.canceller.play(played.frames);
    return { ...played, sourceRateHz: wrongRate ? slowRateHz(dacRateHz) : dacRateHz };
  }
}

/** Frames and samples of 10 ms. */
const IDLE_MS = 10;
/** A stalled process catches up with this much silence at most. */
const CATCH_UP_BLOCKS = 100;

/** Runs a sound card on the board's own crystal, in silence, while no rig is connected. Returns what stops it. */
export function runIdle(sound: SoundCard): () => void {
  const { crystal, dacRateHz } = sound;
  let dueMs = crystal.elapsedMs() + IDLE_MS;
  let cancel = crystal.at(dueMs, tick);
  function tick(): void {
    for (let blocks = 0; dueMs <= crystal.elapsedMs() && blocks < CATCH_UP_BLOCKS; blocks++) {
      sound.hear(new Int16Array((ADC_RATE_HZ * IDLE_MS) / 1000));
      sound.transmit((dacRateHz * IDLE_MS) / 1000);
      dueMs += IDLE_MS;
    }
    dueMs = Math.max(dueMs, crystal.elapsedMs());
    cancel = crystal.at(dueMs, tick);
  }
  return () => cancel();
}
