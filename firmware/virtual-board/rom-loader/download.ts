import { deflatedStream, type DeflatedStream } from './deflated-stream';
import type { FlashMemory } from './flash-memory';
import { LoaderFault } from './loader-fault';

/** What a flasher announced with FLASH_BEGIN or FLASH_DEFL_BEGIN and sends in blocks. */
export interface Download {
  /** @throws LoaderFault when it is more than was announced, or no zlib stream. */
  push(block: Buffer): Promise<void>;
  close(): void;
}

/** Blocks go into the flash one behind the other, whatever number they carry; one that is sent twice is written twice. */
export class PlainDownload implements Download {
  private written = 0;

  constructor(
    private readonly flash: FlashMemory,
    private readonly at: number,
    private readonly limitBytes: number,
  ) {}

  push(block: Buffer): Promise<void> {
    if (this.written + block.length > this.limitBytes)
      return Promise.reject(new LoaderFault('too-much-data'));
    this.flash.program(this.at + this.written, block);
    this.written += block.length;
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held.
  }
}

/** The same for a zlib stream. */
export class DeflatedDownload implements Download {
  private readonly plain: PlainDownload;
  private readonly stream: DeflatedStream;
  private overflow: LoaderFault | undefined;

  constructor(flash: FlashMemory, at: number, sizeBytes: number) {
    this.plain = new PlainDownload(flash, at, sizeBytes);
    this.stream = deflatedStream((bytes) => {
      this.plain.push(bytes).catch((fault: unknown) => {
        this.overflow = fault as LoaderFault;
      });
    });
  }

  async push(block: Buffer): Promise<void> {
    await this.stream.push(block).catch((cause: unknown) => {
      throw new LoaderFault('inflate', { cause });
    });
    if (this.overflow !== undefined) throw this.overflow;
  }

  close(): void {
    this.stream.close();
  }
}
