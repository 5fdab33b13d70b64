import type { SampleFormat } from '../../ports';
import { bytesPerSample, decodeChannel } from './sample-codec';

export interface FrameLayout {
  readonly format: SampleFormat;
  /** Channels of the card. */
  readonly channelCount: number;
  /** Which of them are wanted, in the order of the roles; from 0. */
  readonly channels: readonly number[];
  readonly blockSamples: number;
}

/** Cuts the bytes of a recorder into blocks of equal length, wherever a read has split a frame or a sample. */
export class FrameBlocks {
  private readonly block: Buffer;
  private filled = 0;

  constructor(private readonly layout: FrameLayout) {
    this.block = Buffer.alloc(layout.blockSamples * layout.channelCount * bytesPerSample(layout.format));
  }

  /** Bytes that wait for the rest of their block. */
  get waitingBytes(): number {
    return this.filled;
  }

  /** Hands every block that these bytes complete to `take`: one array for each wanted channel. */
  push(bytes: Buffer, take: (channels: readonly Float32Array[]) => void): void {
    const { block, layout } = this;
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(block, this.filled, at);
      at += copied;
      this.filled += copied;
      if (this.filled < block.length) return;
      this.filled = 0;
      take(
        layout.channels.map((channel) => decodeChannel(block, layout.format, layout.channelCount, channel)),
      );
    }
  }
}
