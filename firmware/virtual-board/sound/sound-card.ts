import type { Crystal } from '../crystal';
import type { FaultSwitches } from '../faults';
import { DmaChain, type StoppedItem, type Transmitted } from './dma-chain';
import { EchoCanceller } from './echo-canceller';
import type { ItemRun } from './play-queue';
import { SLOW_RATE_HZ, SlowCodec } from './slow-codec';
import { ADC_RATE_HZ, Uplink, type SendChunk, type SentChunk } from './uplink';

export const DAC_RATE_HZ = 24_000;

/** Called for every stretch of a reply that leaves the speaker. */
export type PlayedListener = (run: ItemRun) => void;

/**
 * Microphone and speaker of the board, counted in samples of its own crystal since power-on: ADC 16 kHz, DAC 24 kHz. It
 * does not know what drives it, an audio link or the idle timer; both feed ADC samples and take DAC frames.
 */
export class SoundCard {
  private readonly chain: DmaChain;
  private canceller = new EchoCanceller(DAC_RATE_HZ, ADC_RATE_HZ);
  /** While the fault `wrong-rate` is on. */
  private slow: SlowCodec | undefined;
  private uplink: Uplink | undefined;
  private onPlayed: PlayedListener | undefined;
  private adcSamples = 0;
  private dacFrames = 0;

  constructor(
    private readonly faults: FaultSwitches,
    /** Runs since power-on: a reset of the chip does not stop the sample clock. */
    readonly crystal: Crystal,
    dmaDescriptors: number,
    dmaFrames: number,
  ) {
    this.chain = new DmaChain(dmaDescriptors, dmaFrames, () => faults.has('stutter'));
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

  /** Queues reply audio; false when there is no memory for it. */
  play(itemId: string, sourceSample: number, samples: Int16Array): boolean {
    return this.chain.play(itemId, sourceSample, samples);
  }

  /** Stops playback now; gives back what was cut. */
  stopPlayback(): StoppedItem[] {
    return this.chain.flush();
  }

  watchPlayback(listener: PlayedListener | undefined): void {
    this.onPlayed = listener;
  }

  /** From here on the microphone goes to `send`, 20 ms at a time. */
  openMicrophone(send: SendChunk): void {
    this.uplink = new Uplink(this.adcSamples, send);
  }

  closeMicrophone(): void {
    this.uplink = undefined;
  }

  /** No session, no sound: what a reset or a panic leaves behind. */
  silence(): void {
    this.closeMicrophone();
    this.watchPlayback(undefined);
    this.chain.flush();
  }

  /** The next ADC sample and the next DAC frame are at one time: another clock drives the card from here on. */
  synchronise(): void {
    this.canceller = new EchoCanceller(DAC_RATE_HZ, ADC_RATE_HZ);
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
    const wrongRate = this.faults.has('wrong-rate');
    this.slow = wrongRate ? (this.slow ?? new SlowCodec(this.chain, DAC_RATE_HZ)) : undefined;
    const transmitted = (this.slow ?? this.chain).transmit(count);
    this.dacFrames += count;
    for (const run of transmitted.runs) this.onPlayed?.(run);
    const played = this.faults.has('dead-speaker')
      ? { frames: new Int16Array(count), runs: [] }
      : transmitted;
    this.canceller.play(played.frames);
    return { ...played, sourceRateHz: wrongRate ? SLOW_RATE_HZ : DAC_RATE_HZ };
  }
}

/** Frames and samples of 10 ms. */
const IDLE_MS = 10;
/** A stalled process catches up with this much silence at most. */
const CATCH_UP_BLOCKS = 100;

/** Runs a sound card on the board's own crystal, in silence, while no rig is connected. Returns what stops it. */
export function runIdle(sound: SoundCard): () => void {
  const { crystal } = sound;
  let dueMs = crystal.elapsedMs() + IDLE_MS;
  let cancel = crystal.at(dueMs, tick);
  function tick(): void {
    for (let blocks = 0; dueMs <= crystal.elapsedMs() && blocks < CATCH_UP_BLOCKS; blocks++) {
      sound.hear(new Int16Array((ADC_RATE_HZ * IDLE_MS) / 1000));
      sound.transmit((DAC_RATE_HZ * IDLE_MS) / 1000);
      dueMs += IDLE_MS;
    }
    dueMs = Math.max(dueMs, crystal.elapsedMs());
    cancel = crystal.at(dueMs, tick);
  }
  return () => cancel();
}
