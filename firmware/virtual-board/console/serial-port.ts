import { closeSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { BoardClock, Cancel } from '../board-clock';
import { openPty, type PtyPair } from './pty';

/** What waits for the kernel at most; more is dropped. */
const PENDING_LIMIT_BYTES = 16_384;
/** A USB-Serial-JTAG gives up on a host that does not read after 50 ms (device.md 2.4). */
const GIVE_UP_MS = 50;
const RETRY_MS = 2;

const isFull = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === 'EAGAIN';

/**
 * The board's end of a pseudo-terminal. Writing never blocks and never grows: what nobody reads for 50 ms is dropped, and
 * from then on every write is dropped at once until the host reads again.
 */
export class SerialPort {
  readonly path: string;
  /** Bytes that were lost because nobody read. */
  droppedBytes = 0;
  private readonly pair: PtyPair;
  private readonly reader: ReadStream;
  private pending: Buffer = Buffer.alloc(0);
  private stalledSinceMs: number | undefined;
  private retry: Cancel | undefined;
  private open = true;

  constructor(
    private readonly clock: BoardClock,
    onInput: (bytes: Buffer) => void,
  ) {
    this.pair = openPty();
    this.path = this.pair.path;
    this.reader = new ReadStream(this.pair.masterFd);
    this.reader.on('data', onInput);
    // The master fails with EIO when the last slave goes, which only unplug() causes.
    this.reader.on('error', () => this.unplug());
  }

  get isPlugged(): boolean {
    return this.open;
  }

  write(bytes: Buffer): void {
    if (!this.open) return;
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    if (this.retry === undefined || this.hasGivenUp) this.flush();
    if (this.pending.length > PENDING_LIMIT_BYTES) this.drop(this.pending.length - PENDING_LIMIT_BYTES);
  }

  /** Forgets what waits for the host: a chip in reset sends nothing. */
  discard(): void {
    this.pending = Buffer.alloc(0);
  }

  /** The port vanishes for the host, as if the cable had been pulled. Nothing happens the second time. */
  unplug(): void {
    if (!this.open) return;
    this.open = false;
    this.retry?.();
    this.discard();
    this.reader.destroy();
    closeSync(this.pair.slaveFd);
  }

  private get hasGivenUp(): boolean {
    return this.stalledSinceMs !== undefined && this.clock.nowMs() - this.stalledSinceMs >= GIVE_UP_MS;
  }

  private drop(count: number): void {
    this.droppedBytes += count;
    this.pending = this.pending.subarray(0, this.pending.length - count);
  }

  private flush(): void {
    this.retry?.();
    this.retry = undefined;
    try {
      while (this.pending.length > 0) {
        this.pending = this.pending.subarray(writeSync(this.pair.masterFd, this.pending));
        this.stalledSinceMs = undefined;
      }
    } catch (cause) {
      if (!isFull(cause)) {
        this.unplug();
        return;
      }
      this.stalledSinceMs ??= this.clock.nowMs();
      if (this.hasGivenUp) this.drop(this.pending.length);
      else this.retry = this.clock.after(RETRY_MS, () => this.flush());
    }
  }
}
