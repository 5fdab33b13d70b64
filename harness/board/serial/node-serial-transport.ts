import type { SerialPort } from 'serialport';
import { BoardError, type Facts } from '../../errors';
import type { Cancel, Clock } from '../../ports';
import type { ModemLines, SerialTransport } from './serial-transport';

/** A port whose hang-up was missed is found out within this time. */
const HEARTBEAT_MS = 500;
const WRITE_TIMEOUT_MS = 5000;
/** How ports without modem lines answer; the driver gives no code. */
const NO_MODEM_LINES = /Inappropriate ioctl/;

/**
 * A port of npm serialport, with its traps closed: the driver reports a close twice or never, and a write to a closed
 * port never calls back (packages.md section 1).
 */
export class NodeSerialTransport implements SerialTransport {
  private readonly byteListeners = new Set<(bytes: Buffer, hostAtMs: number) => void>();
  private readonly lostListeners = new Set<(error: Error) => void>();
  /** Fail the writes that the driver has not finished: after a close it never calls them back. */
  private readonly unfinished = new Set<(error: Error) => void>();
  private state: 'open' | 'closed' | 'lost' = 'open';
  private isReading = false;
  private lost: BoardError | undefined;
  private cancelHeartbeat: Cancel = () => undefined;
  /**
   * The driver waits for each drain in a thread of Node's pool of four, which no limit of ours ends: never two at once, or files and
   * names hang with the port. That a chip's own USB which nobody reads behaves so was not seen on hardware yet.
   */
  private drained: Promise<void> = Promise.resolve();
  /** A write was given up that the driver is still at. */
  private isStuck = false;

  constructor(
    private readonly port: SerialPort,
    private readonly clock: Clock,
  ) {
    port.on('close', (cause: Error | null) => this.lose(cause ?? new Error('the driver closed it')));
    port.on('end', () => this.lose(new Error('end of file')));
    port.on('error', (cause: Error) => this.lose(cause));
    this.beat();
  }

  get path(): string {
    return this.port.path;
  }

  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel {
    this.byteListeners.add(listener);
    this.startReading();
    return () => void this.byteListeners.delete(listener);
  }

  onLost(listener: (error: Error) => void): Cancel {
    if (this.lost !== undefined) listener(this.lost);
    else this.lostListeners.add(listener);
    return () => void this.lostListeners.delete(listener);
  }

  write(bytes: Buffer): Promise<void> {
    if (this.state !== 'open') return Promise.reject(this.goneError());
    const untaken: Facts = { untakenBytes: bytes.length };
    const what = `did not take ${bytes.length} bytes`;
    if (this.isStuck) {
      const cause = new Error('what was written before is not taken yet');
      return Promise.reject(this.refused(`${what}: ${cause.message}`, cause, untaken));
    }
    return new Promise((resolve, reject) => {
      const finish = (error: Error | null | undefined, facts?: Facts): void => {
        cancelTimeout();
        this.unfinished.delete(finish);
        if (error == null) resolve();
        else reject(this.refused(`${what}: ${error.message}`, error, facts));
      };
      const cancelTimeout = this.clock.after(WRITE_TIMEOUT_MS, () => {
        this.isStuck = true;
        finish(new Error(`not taken within ${WRITE_TIMEOUT_MS} ms`), untaken);
      });
      const done = (error: Error | null | undefined): void => {
        this.isStuck = false;
        finish(error);
      };
      this.unfinished.add(finish);
      this.port.write(bytes, undefined, (error) => {
        if (error == null && this.state === 'open') this.drain(done);
        else done(error ?? this.goneError());
      });
    });
  }

  async setModemLines({ dtr, rts }: ModemLines): Promise<boolean> {
    if (this.state !== 'open') throw this.goneError();
    // The driver asserts whatever is left out, so both always go together.
    const error = await new Promise<Error | null>((resolve) => this.port.set({ dtr, rts }, resolve));
    if (error === null) return true;
    if (NO_MODEM_LINES.test(error.message)) return false;
    throw this.refused(`did not set its modem lines: ${error.message}`, error);
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.state !== 'open') throw this.goneError();
    const error = await new Promise<Error | null>((resolve) => this.port.update({ baudRate }, resolve));
    if (error === null) return;
    throw this.refused(`did not take ${baudRate} baud: ${error.message}`, error);
  }

  async close(): Promise<void> {
    this.cancelHeartbeat();
    if (this.state === 'open') this.state = 'closed';
    this.failUnfinished();
    if (!this.port.isOpen) return;
    const error = await new Promise<Error | null>((resolve) => this.port.close(resolve));
    // After a loss the driver may be closing by itself; only a port that is still open has failed to close.
    if (error !== null && this.isStillOpen()) throw this.failure(`did not close: ${error.message}`, error);
  }

  /** @param done - Told once the driver has sent everything; never where the port is closed first. */
  private drain(done: (error: Error | null | undefined) => void): void {
    this.drained = this.drained.then(
      () =>
        new Promise((resolve) => {
          this.port.drain((error) => {
            done(error);
            resolve();
          });
        }),
    );
  }

  // Only now: what arrives with nobody there yet stays in the driver instead of being lost.
  private startReading(): void {
    if (this.isReading) return;
    this.isReading = true;
    this.port.on('data', (bytes: Buffer) => {
      const hostAtMs = this.clock.nowMs();
      for (const listener of this.byteListeners) listener(bytes, hostAtMs);
    });
  }

  // Asks for the modem lines: a hung-up terminal answers EIO to that, a living one without lines says so.
  private beat(): void {
    this.cancelHeartbeat = this.clock.after(HEARTBEAT_MS, () => {
      if (this.state !== 'open') return;
      this.port.get((error) => {
        if (this.state !== 'open') return;
        if (error !== null && !NO_MODEM_LINES.test(error.message)) this.lose(error);
        else this.beat();
      });
    });
  }

  private lose(cause: Error): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.cancelHeartbeat();
    this.lost = new BoardError(
      'HIL_BOARD_PORT_LOST',
      `Serial port ${this.path} has gone: ${cause.message}.`,
      { port: this.path },
      { cause },
    );
    // A device that was unplugged has to be let go at once, or it comes back under another name.
    if (this.port.isOpen) this.port.close(() => undefined);
    this.failUnfinished();
    for (const listener of [...this.lostListeners]) listener(this.lost);
    this.lostListeners.clear();
  }

  private failUnfinished(): void {
    for (const fail of [...this.unfinished]) fail(this.goneError());
  }

  // A function, because the compiler takes an earlier look at the getter for its value now.
  private isStillOpen(): boolean {
    return this.port.isOpen;
  }

  private goneError(): BoardError {
    const closed = `Serial port ${this.path} is closed.`;
    return this.lost ?? new BoardError('HIL_BOARD_PORT_LOST', closed, { port: this.path });
  }

  /** What the driver refused, or the loss behind it: it refuses whatever is asked between letting a port go and telling so. */
  private refused(what: string, cause: Error, facts?: Facts): BoardError {
    if (!this.port.isOpen) this.lose(cause);
    return this.state === 'open' ? this.failure(what, cause, facts) : this.goneError();
  }

  private failure(what: string, cause: Error, facts: Facts = {}): BoardError {
    const message = `Serial port ${this.path} ${what}.`;
    return new BoardError('HIL_BOARD_PORT_FAILED', message, { port: this.path, ...facts }, { cause });
  }
}
