import type { BoardClock, Cancel } from '../board-clock';

/** Hardware transmit FIFO of the S3's UART: what a panic cannot take back any more. */
export const TX_FIFO_BYTES = 128;
/** Firmware would block in printf; the simulation drops instead of growing. */
const QUEUE_LIMIT_BYTES = 65_536;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;

/** Sends bytes at the pace of a serial line, 86.8 µs a byte at 115 200 baud, so that a long line takes its time. */
export class UartTransmitter {
  private queue: Buffer = Buffer.alloc(0);
  private readonly bytesPerMs: number;
  /** When the first queued byte went onto the wire. */
  private busySinceMs = 0;
  private timer: Cancel | undefined;

  constructor(
    private readonly clock: BoardClock,
    baudRate: number,
    private readonly deliver: (bytes: Buffer) => void,
  ) {
    this.bytesPerMs = baudRate / BITS_PER_BYTE / 1000;
  }

  send(bytes: Buffer): void {
    if (this.queue.length === 0) this.busySinceMs = this.clock.nowMs();
    const room = QUEUE_LIMIT_BYTES - this.queue.length;
    this.queue = Buffer.concat([this.queue, bytes.subarray(0, room)]);
    this.schedule();
  }

  /** Cuts what is being sent: nothing more than `keepBytes` still leaves. */
  cut(keepBytes = 0): void {
    this.queue = this.queue.subarray(0, keepBytes);
    if (this.queue.length > 0) return;
    this.timer?.();
    this.timer = undefined;
  }

  private schedule(): void {
    if (this.queue.length === 0) return;
    this.timer ??= this.clock.after(1, () => this.transmit());
  }

  private transmit(): void {
    this.timer = undefined;
    const nowMs = this.clock.nowMs();
    const due = Math.min(this.queue.length, Math.floor((nowMs - this.busySinceMs) * this.bytesPerMs));
    if (due > 0) {
      this.busySinceMs += due / this.bytesPerMs;
      const bytes = this.queue.subarray(0, due);
      this.queue = this.queue.subarray(due);
      this.deliver(bytes);
    }
    this.schedule();
  }
}
