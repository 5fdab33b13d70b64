import { RateConverter } from '../../../harness/audio';
import type { DmaChain, Transmitted } from './dma-chain';
import { fromPcm16, toPcm16 } from './pcm16';

/** What the codec is set to where replies have 24 kHz is 16 kHz, the rate of the microphone: the usual mistake on one I2S port. */
export const slowRateHz = (replyRateHz: number): number => (replyRateHz * 2) / 3;

/**
 * The fault `wrong-rate`: frames leave the chain at two thirds of their rate. What is heard of that is given back as frames of the board's DAC,
 * so that everything behind it need not know.
 */
export class SlowCodec {
  private readonly converter: RateConverter;
  private taken = 0;
  private made = 0;

  constructor(
    private readonly chain: DmaChain,
    dacRateHz: number,
  ) {
    this.converter = new RateConverter(slowRateHz(dacRateHz), dacRateHz);
  }

  /** Plays `count` frames of the DAC. Runs begin at fractions of a frame, up to the converter's delay behind the last. */
  transmit(count: number): Transmitted {
    const { frames, runs } = this.chain.transmit(this.converter.inputsFor(count));
    const heard = {
      frames: toPcm16(this.converter.push(fromPcm16(frames), count)),
      runs: runs.map((run) => ({
        ...run,
        startFrame: this.converter.outputPositionOf(this.taken + run.startFrame) - this.made,
      })),
    };
    this.taken += frames.length;
    this.made += count;
    return heard;
  }
}
