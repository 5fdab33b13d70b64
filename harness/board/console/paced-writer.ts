import { delay, type Clock } from '../../ports';

/** Hands bytes to a port; resolves when the driver has taken them. */
export type WriteBytes = (bytes: Buffer) => Promise<void>;

/** The board's receive ring holds 256 bytes and its hardware FIFO 128 (device.md section 2.3). */
const CHUNK_BYTES = 64;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;

/**
 * One command as bytes: one line feed at its end, none of the carriage returns that would make an empty second command.
 */
const commandBytes = (command: string): Buffer =>
  Buffer.from(`${command.replace(/[\r\n]+$/, '').replace(/\r\n?/g, '\n')}\n`, 'utf8');

/**
 * Writes commands one after the other in pieces of at most 64 bytes, each followed by the time that it takes on the wire,
 * so that the board's input never overflows.
 */
export class PacedWriter {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly write: WriteBytes,
    private readonly clock: Clock,
    private readonly baudRate: number,
  ) {}

  send(command: string): Promise<void> {
    const bytes = commandBytes(command);
    const sent = this.last.then(() => this.writePaced(bytes));
    // A failed command must not keep the later ones from being tried; its own caller gets the error.
    this.last = sent.catch(() => undefined);
    return sent;
  }

  private async writePaced(bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      const chunk = bytes.subarray(start, start + CHUNK_BYTES);
      await this.write(chunk);
      const isLast = start + CHUNK_BYTES >= bytes.length;
      if (!isLast) await delay(this.clock, (chunk.length * BITS_PER_BYTE * 1000) / this.baudRate);
    }
  }
}
