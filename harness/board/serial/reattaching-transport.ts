import { BoardError, isHilError } from '../../errors';
import type { Cancel, Clock } from '../../ports';
import type { ModemLines, SerialTransport } from './serial-transport';

/** How often a device that went away is looked for (device.md section 4). */
const LOOK_EVERY_MS = 100;

/** A time in which a port was away. */
export interface PortGap {
  readonly awaySinceHostMs: number;
  readonly hostAtMs: number;
  /** Why it went, in the words of the driver. */
  readonly reason: string;
}

export interface ReattachOptions {
  readonly clock: Clock;
  /** How long to wait for the device. */
  readonly withinMs: number;
  /** Opens the same device anew, wherever it is now; rejects as long as it is not there. */
  readonly reopen: () => Promise<SerialTransport>;
}

/**
 * A serial port that outlives its device's going away, as native USB does at a reset and everything does at a power cycle: the same
 * device is looked for and opened again, and whoever listens is told of the gap before the first byte behind it. What was being
 * written when the port went is lost, and says so; what is asked for meanwhile waits. Only a device that does not come back in time
 * is a loss.
 */
export class ReattachingTransport implements SerialTransport {
  private readonly byteListeners = new Set<(bytes: Buffer, hostAtMs: number) => void>();
  private readonly lostListeners = new Set<(error: Error) => void>();
  private readonly gapListeners = new Set<(gap: PortGap) => void>();
  /** The one whose bytes are handed on. */
  private heard: SerialTransport | undefined;
  private lost: Error | undefined;
  private isClosed = false;
  private baudRate: number | undefined;
  private returning: Promise<void> | undefined;
  /** Work that takes the port away on purpose: no time is up as long as it goes on. */
  private patience = 0;
  private patienceEndedAtMs = -Infinity;
  private gaps = 0;
  /** What was set last, and how often the port had come back by then. */
  private lines: ModemLines | undefined;
  private gapsAtLines = 0;
  /** Whether the device has any. */
  private hasLines: boolean | undefined;
  /** Looks for the device at once instead of at the next beat. */
  private hurry: () => void = () => undefined;

  constructor(
    private inner: SerialTransport,
    private readonly options: ReattachOptions,
  ) {
    this.attach(inner);
  }

  get path(): string {
    return this.inner.path;
  }

  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel {
    this.byteListeners.add(listener);
    // Not before: a port keeps what comes until somebody listens.
    this.listen(this.inner);
    return () => void this.byteListeners.delete(listener);
  }

  onLost(listener: (error: Error) => void): Cancel {
    if (this.lost !== undefined) listener(this.lost);
    else this.lostListeners.add(listener);
    return () => void this.lostListeners.delete(listener);
  }

  /** Calls back when the port is there again, ahead of what it then prints. */
  onGap(listener: (gap: PortGap) => void): Cancel {
    this.gapListeners.add(listener);
    return () => void this.gapListeners.delete(listener);
  }

  /** How often the port has gone and come back, the time counted in which it is away now. */
  get gapCount(): number {
    return this.gaps + (this.returning === undefined ? 0 : 1);
  }

  /**
   * Resolves when the port is there.
   * @throws BoardError `HIL_BOARD_PORT_LOST` when it does not come back.
   */
  async present(): Promise<void> {
    while (this.returning !== undefined) await this.returning;
    if (this.lost !== undefined) throw this.lost;
  }

  async write(bytes: Buffer): Promise<void> {
    await this.present();
    return this.inner.write(bytes);
  }

  /**
   * As any port's. Lines that take the device away, as those that reset native USB do, were set when it is gone; on the port that
   * comes back they are not set again, which would be another reset.
   */
  async setModemLines(lines: ModemLines): Promise<boolean> {
    const wasAway = this.gapCount > this.gapsAtLines;
    const isRepeated = this.lines?.dtr === lines.dtr && this.lines.rts === lines.rts;
    await this.present();
    if (wasAway && isRepeated && this.hasLines !== undefined) return this.hasLines;
    this.lines = lines;
    this.gapsAtLines = this.gaps;
    try {
      this.hasLines = await this.inner.setModemLines(lines);
      return this.hasLines;
    } catch (cause) {
      if (this.returning === undefined && this.gapsAtLines === this.gaps) throw cause;
      await this.present();
      // Of a port that went before it ever said so, nobody knows whether it has any.
      return this.hasLines ?? this.inner.setModemLines(lines);
    }
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.present();
    const gapsBefore = this.gapCount;
    try {
      await this.inner.setBaudRate(baudRate);
    } catch (cause) {
      if (this.gapCount === gapsBefore) throw cause;
      // It went meanwhile: a port that comes back has the rate from before.
      await this.present();
      await this.inner.setBaudRate(baudRate);
    }
    this.baudRate = baudRate;
  }

  /** Does work that may take the port away for as long as it lasts, such as switching its power; the wait begins at its end. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    this.patience += 1;
    try {
      return await work();
    } finally {
      this.patience -= 1;
      this.patienceEndedAtMs = this.options.clock.nowMs();
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.hurry();
    await this.inner.close();
    await this.returning;
  }

  private attach(transport: SerialTransport): void {
    this.inner = transport;
    transport.onLost((error) => {
      if (transport === this.inner && !this.isClosed) this.returning = this.comeBack(error);
    });
  }

  private listen(transport: SerialTransport): void {
    // Once, though listeners come and go.
    if (this.heard === transport) return;
    this.heard = transport;
    transport.onBytes((bytes, hostAtMs) => {
      for (const listener of this.byteListeners) listener(bytes, hostAtMs);
    });
  }

  /** Never rejects: who waits for it asks afterwards whether the port is lost. */
  private async comeBack(loss: Error): Promise<void> {
    const { clock, withinMs } = this.options;
    const awaySinceHostMs = clock.nowMs();
    let lastFailure: unknown;
    for (;;) {
      const transport = await this.options.reopen().catch((cause: unknown) => {
        lastFailure = cause;
      });
      if (transport !== undefined) {
        if (await this.takeUp(transport, awaySinceHostMs, loss)) return;
      }
      const waitedMs = clock.nowMs() - Math.max(awaySinceHostMs, this.patienceEndedAtMs);
      if (this.isClosed || (this.patience === 0 && waitedMs >= withinMs)) break;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(LOOK_EVERY_MS, resolve);
        this.hurry = () => {
          cancel();
          resolve();
        };
      });
      if (this.hasEnded()) break;
    }
    this.returning = undefined;
    this.lose(this.isClosed ? loss : notBack(loss, this.path, withinMs, lastFailure));
  }

  // A function, because the compiler takes an earlier look at the field for its value now.
  private hasEnded(): boolean {
    return this.isClosed;
  }

  /** False when the port went again at once. */
  private async takeUp(transport: SerialTransport, awaySinceHostMs: number, loss: Error): Promise<boolean> {
    try {
      if (this.baudRate !== undefined) await transport.setBaudRate(this.baudRate);
    } catch {
      // It is looked for again, until it stays or time is up.
      await transport.close().catch(() => undefined);
      return false;
    }
    if (this.isClosed) {
      await transport.close();
      return false;
    }
    this.returning = undefined;
    this.gaps += 1;
    const reason = reasonOf(loss);
    const gap: PortGap = { awaySinceHostMs, hostAtMs: this.options.clock.nowMs(), reason };
    for (const listener of [...this.gapListeners]) listener(gap);
    this.attach(transport);
    if (this.byteListeners.size > 0) this.listen(transport);
    return true;
  }

  private lose(error: Error): void {
    if (this.lost !== undefined) return;
    this.lost = error;
    if (this.isClosed) return;
    for (const listener of [...this.lostListeners]) listener(error);
    this.lostListeners.clear();
  }
}

const reasonOf = (loss: Error): string => (loss.cause instanceof Error ? loss.cause.message : loss.message);

function notBack(loss: Error, path: string, withinMs: number, lastFailure: unknown): BoardError {
  const why = isHilError(lastFailure) ? ` ${lastFailure.message}` : '';
  const message = `Serial port ${path} has gone: ${reasonOf(loss)}; the device did not come back within ${withinMs} ms.${why}`;
  return new BoardError('HIL_BOARD_PORT_LOST', message, { port: path, withinMs }, { cause: loss });
}
