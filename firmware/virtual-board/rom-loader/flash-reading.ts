import type { FlashMemory } from './flash-memory';

/** A READ_FLASH of the stub: frames of raw data, at most `windowBlocks` of them beyond what the host has confirmed, then the MD5. */
export class FlashReading {
  private sentBytes = 0;
  private confirmedBytes = 0;
  private isDigestSent = false;

  constructor(
    private readonly flash: FlashMemory,
    private readonly at: number,
    private readonly sizeBytes: number,
    private readonly blockBytes: number,
    private readonly windowBlocks: number,
    private readonly sendFrame: (payload: Buffer) => void,
  ) {}

  get isOver(): boolean {
    return this.isDigestSent;
  }

  /** Sends what the window has room for. */
  advance(): void {
    while (
      this.sentBytes < this.sizeBytes &&
      this.sentBytes - this.confirmedBytes < this.windowBlocks * this.blockBytes
    ) {
      const length = Math.min(this.blockBytes, this.sizeBytes - this.sentBytes);
      this.sendFrame(this.flash.read(this.at + this.sentBytes, length));
      this.sentBytes += length;
    }
    if (this.confirmedBytes < this.sizeBytes || this.isDigestSent) return;
    this.isDigestSent = true;
    this.sendFrame(this.flash.md5(this.at, this.sizeBytes));
  }

  /** The host has so many bytes by now. */
  confirm(totalBytes: number): void {
    this.confirmedBytes = totalBytes;
    this.advance();
  }
}
