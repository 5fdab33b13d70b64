import type { BoardClock, Cancel } from '../board-clock';

/** Hardware transmit FIFO of the S3's UART: what a panic cannot take back any more. */
export const TX_FIFO_BYTES = 128;
/** Firmware would block in printf; the simulation drops instead of growing. */
const QUEUE_LIMIT_BYTES = 65_536;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;

/** Sends bytes at the pace of a serial line, 86.8 µs a byte at 115 200 baud, so that a long line takes its time. */
export class UartTransmitter {
  /** A ring, so that a flood of single bytes costs nothing but the bytes. */
  private readonly ring = Buffer.alloc(QUEUE_LIMIT_BYTES);
  private head = 0;
  private queuedBytes = 0;
  private bytesPerMs = 0;
  /** When the first queued byte went onto the wire. */
  private busySinceMs = 0;
  private timer: Cancel | undefined;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly clock: BoardClock,
    baudRate: number,
    private readonly deliver: (bytes: Buffer) => void,
  ) {
    this.setBaudRate(baudRate);
  }

  /** Holds for the next byte; wait for `whenIdle` where what is queued has to leave as before. */
  setBaudRate(baudRate: number): void {
    this.bytesPerMs = baudRate / BITS_PER_BYTE / 1000;
  }

  /** Queues bytes; what has no room is dropped. */
  send(bytes: Buffer): void {
    if (this.queuedBytes === 0) this.busySinceMs = this.clock.nowMs();
    const taken = bytes.subarray(0, QUEUE_LIMIT_BYTES - this.queuedBytes);
    const tail = (this.head + this.queuedBytes) % QUEUE_LIMIT_BYTES;
    const copied = taken.copy(this.ring, tail);
    taken.copy(this.ring, 0, copied);
    this.queuedBytes += taken.length;
    this.schedule();
  }

  /** Calls back once the last byte has left, unless that is cut before; at once where nothing is to be sent. */
  whenIdle(callback: () => void): void {
    if (this.queuedBytes === 0) callback();
    else this.onIdle = callback;
  }

  /** Cuts what is being sent: nothing more than `keepBytes` still leaves. */
  cut(keepBytes = 0): void {
    this.onIdle = undefined;
    this.queuedBytes = Math.min(this.queuedBytes, keepBytes);
    if (this.queuedBytes > 0) return;
    this.timer?.();
    this.timer = undefined;
  }

  private schedule(): void {
    if (this.queuedBytes > 0) this.timer ??= this.clock.after(1, () => this.transmit());
  }

  private transmit(): void {
    this.timer = undefined;
    const elapsedMs = this.clock.nowMs() - this.busySinceMs;
    const due = this.splitPoint(Math.min(this.queuedBytes, Math.floor(elapsedMs * this.bytesPerMs)));
    if (due > 0) {
      this.busySinceMs += due / this.bytesPerMs;
      this.deliver(this.take(due));
    }
    this.schedule();
    if (this.queuedBytes > 0) return;
    const { onIdle } = this;
    this.onIdle = undefined;
    onIdle?.();
  }

  /**
   * Where to end a piece of at most `count` bytes: inside its last character of several bytes, if it has one. A serial line
   * knows no characters, so readers have to put them together, and this way they always get to show that they do.
   */
  private splitPoint(count: number): number {
    for (let end = count - 1; end > 0; end--) if (this.isContinuation(end)) return end;
    return count;
  }

  /** True for the second and later bytes of a UTF-8 character: 10xxxxxx. */
  private isContinuation(index: number): boolean {
    return ((this.ring[(this.head + index) % QUEUE_LIMIT_BYTES] ?? 0) & 0xc0) === 0x80;
  }

  private take(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    const copied = this.ring.copy(bytes, 0, this.head, Math.min(this.head + count, QUEUE_LIMIT_BYTES));
    this.ring.copy(bytes, copied, 0, count - copied);
    this.head = (this.head + count) % QUEUE_LIMIT_BYTES;
    this.queuedBytes -= count;
    return bytes;
  }
}
