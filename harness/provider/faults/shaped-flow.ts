import type { Socket } from 'node:net';
import type { Cancel, Clock, NetworkShape } from '../../ports';

/** More than this waits in the sender's window, so that a slow link does not fill our memory. */
const MOST_HELD_BYTES = 256 * 1024;

interface Held {
  readonly bytes: Buffer;
  readonly dueAtMs: number;
}

/** One direction of a connection: bytes leave in their order, each when the link's shape lets it. */
export class ShapedFlow {
  private readonly queue: Held[] = [];
  private heldBytes = 0;
  private lastDueAtMs = -Infinity;
  private timer: Cancel | undefined;
  private ending = false;
  private frozen = false;
  private passedBytes = 0;

  /**
   * @param shape - Asked for each piece, so that a link can change while it carries.
   * @param broken - Called once `cut.afterBytes` have been handed on. Absent: this direction does not break the link.
   */
  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly shape: () => NetworkShape,
    private readonly broken?: () => void,
  ) {
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => {
      this.ending = true;
      this.release();
    });
    to.on('drain', () => this.resume());
  }

  /** Nothing passes any more, and nothing is taken from the sender. */
  freeze(): void {
    this.frozen = true;
    this.timer?.();
    this.from.pause();
  }

  /** Nothing passes any more; what the sender still says is taken and lost. */
  swallow(): void {
    this.frozen = true;
    this.timer?.();
    this.queue.length = 0;
    this.from.resume();
  }

  stop(): void {
    this.timer?.();
    this.queue.length = 0;
  }

  private take(bytes: Buffer): void {
    if (this.frozen) return;
    const { delayMs = 0, jitterMs = 0, bytesPerSecond } = this.shape();
    const arrivesAtMs = this.clock.nowMs() + delayMs + jitterMs * this.random();
    const sendingMs = bytesPerSecond === undefined ? 0 : (bytes.length * 1000) / bytesPerSecond;
    this.lastDueAtMs = Math.max(arrivesAtMs, this.lastDueAtMs) + sendingMs;
    this.queue.push({ bytes, dueAtMs: this.lastDueAtMs });
    this.heldBytes += bytes.length;
    if (this.heldBytes > MOST_HELD_BYTES) this.from.pause();
    this.release();
  }

  private release(): void {
    this.timer?.();
    this.timer = undefined;
    for (;;) {
      if (this.frozen) return;
      const [first] = this.queue;
      if (first === undefined) {
        if (this.ending) this.to.end();
        return;
      }
      const leftMs = first.dueAtMs - this.clock.nowMs();
      if (leftMs > 0) {
        this.timer = this.clock.after(leftMs, () => this.release());
        return;
      }
      this.queue.shift();
      this.heldBytes -= first.bytes.length;
      if (!this.hand(first.bytes)) return;
    }
  }

  /** Hands one piece on, cut where the link breaks; false when nothing more may follow for now. */
  private hand(bytes: Buffer): boolean {
    const breaksAtByte = this.broken === undefined ? undefined : this.shape().cut?.afterBytes;
    const left = breaksAtByte === undefined ? Infinity : Math.max(0, breaksAtByte - this.passedBytes);
    const part = left < bytes.length ? bytes.subarray(0, left) : bytes;
    this.passedBytes += part.length;
    const hasRoom = part.length === 0 || this.to.write(part);
    if (part.length === left) this.broken?.();
    else if (hasRoom) this.resume();
    return !this.frozen;
  }

  private resume(): void {
    if (!this.frozen && this.heldBytes <= MOST_HELD_BYTES && !this.to.writableNeedDrain) this.from.resume();
  }
}
