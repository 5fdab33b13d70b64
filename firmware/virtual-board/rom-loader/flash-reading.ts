import type { FlashMemory } from './flash-memory';

/** A confirmation is the count of bytes that the host has, a word. */
const CONFIRMATION_BYTES = 4;

/**
 * A READ_FLASH of the stub: frames of raw data, then the MD5 of what was sent. One frame waits for its confirmation before the next is
 * sent, whatever window the host asked for: Espressif's first stub took that number for bytes by mistake, and its second one keeps it so,
 * because esptool could not follow otherwise. A frame that is no confirmation ends the reading.
 */
export class FlashReading {
  private sentBytes = 0;
  private isDigestSent = false;

  constructor(
    private readonly flash: FlashMemory,
    private readonly at: number,
    private readonly sizeBytes: number,
    private readonly blockBytes: number,
    private readonly sendFrame: (payload: Buffer) => void,
  ) {}

  get isOver(): boolean {
    return this.isDigestSent;
  }

  begin(): void {
    if (this.sizeBytes === 0) this.end();
    else this.sendBlock();
  }

  /** What the host says to a block. */
  take(frame: Buffer): void {
    if (frame.length !== CONFIRMATION_BYTES) this.end();
    else if (this.sentBytes < this.sizeBytes) this.sendBlock();
    else if (frame.readUInt32LE(0) >= this.sizeBytes) this.end();
  }

  private sendBlock(): void {
    const length = Math.min(this.blockBytes, this.sizeBytes - this.sentBytes);
    this.sendFrame(this.flash.read(this.at + this.sentBytes, length));
    this.sentBytes += length;
  }

  private end(): void {
    this.isDigestSent = true;
    this.sendFrame(this.flash.md5(this.at, this.sentBytes));
  }
}
