import type { Closable } from '../../errors';
import type { Cancel, Clock } from '../../ports';
import type { SerialTransport } from '../serial';

/** How much of what was read is kept to be shown when something does not come. */
const TAIL_BYTES = 400;

/** What a board prints, taken in its order by whoever waits for it. Instants are the clock's; `Infinity` waits as long as the port lives. */
export class ReplInput implements Closable {
  private waiting = Buffer.alloc(0);
  private taken = Buffer.alloc(0);
  private lost: Error | undefined;
  private wake: () => void = () => undefined;
  private readonly cancels: readonly Cancel[];

  constructor(
    transport: SerialTransport,
    private readonly clock: Clock,
  ) {
    this.cancels = [
      transport.onBytes((bytes) => {
        this.waiting = Buffer.concat([this.waiting, bytes]);
        this.wake();
      }),
      transport.onLost((error) => {
        this.lost = error;
        this.wake();
      }),
    ];
  }

  /** The last of what was taken, and what was not taken yet. */
  get tail(): string {
    return Buffer.concat([this.taken, this.waiting]).subarray(-TAIL_BYTES).toString();
  }

  /** A byte that has come already; undefined when there is none. */
  poll(): number | undefined {
    return this.waiting.length === 0 ? undefined : this.remove(1)[0];
  }

  /**
   * Takes so many bytes; undefined when they have not come by then.
   * @throws BoardError `HIL_BOARD_PORT_LOST`.
   */
  async take(count: number, untilMs: number): Promise<Buffer | undefined> {
    while (this.waiting.length < count) if (!(await this.more(untilMs))) return undefined;
    return this.remove(count);
  }

  /**
   * Drops everything up to and including a text; false when it has not come by then.
   * @throws BoardError `HIL_BOARD_PORT_LOST`.
   */
  async seek(text: string, untilMs: number): Promise<boolean> {
    for (;;) {
      const at = this.waiting.indexOf(text);
      if (at >= 0) {
        this.remove(at + Buffer.byteLength(text));
        return true;
      }
      // The beginning of the text may be here already.
      this.remove(Math.max(0, this.waiting.length - Buffer.byteLength(text) + 1));
      if (!(await this.more(untilMs))) return false;
    }
  }

  /**
   * Hands on what comes, as it comes, up to a byte, which is taken too; false when that has not come by then.
   * @throws BoardError `HIL_BOARD_PORT_LOST`.
   */
  async pass(end: number, untilMs: number, onBytes: (bytes: Buffer) => void): Promise<boolean> {
    for (;;) {
      const at = this.waiting.indexOf(end);
      if (at !== 0 && this.waiting.length > 0) onBytes(this.remove(at < 0 ? this.waiting.length : at));
      if (at >= 0) {
        this.remove(1);
        return true;
      }
      if (!(await this.more(untilMs))) return false;
    }
  }

  close(): Promise<void> {
    for (const cancel of this.cancels) cancel();
    return Promise.resolve();
  }

  private remove(count: number): Buffer {
    const bytes = this.waiting.subarray(0, count);
    this.waiting = this.waiting.subarray(count);
    this.taken = Buffer.concat([this.taken, bytes]).subarray(-TAIL_BYTES);
    return bytes;
  }

  /** Resolves when more has come: true; or when it is too late: false. */
  private async more(untilMs: number): Promise<boolean> {
    this.refuseWhenLost();
    const leftMs = untilMs - this.clock.nowMs();
    if (leftMs <= 0) return false;
    const length = this.waiting.length;
    let cancelTimer: Cancel = () => undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (leftMs < Infinity) cancelTimer = this.clock.after(leftMs, resolve);
    });
    cancelTimer();
    this.wake = () => undefined;
    if (this.waiting.length > length) return true;
    this.refuseWhenLost();
    return false;
  }

  private refuseWhenLost(): void {
    if (this.lost !== undefined) throw this.lost;
  }
}
