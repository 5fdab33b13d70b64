import type { SerialPort } from 'serialport';
import { BoardError } from '../../errors';
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
    return new Promise((resolve, reject) => {
      const finish = (error: Error | null | undefined): void => {
        cancelTimeout();
        this.unfinished.delete(finish);
        if (error == null) resolve();
        else reject(this.refused(`did not take ${bytes.length} bytes: ${error.message}`, error));
      };
      const cancelTimeout = this.clock.after(WRITE_TIMEOUT_MS, () =>
        finish(new Error(`not taken within ${WRITE_TIMEOUT_MS} ms`)),
      );
      this.unfinished.add(finish);
      this.port.write(bytes, undefined, (error) => {
        if (error == null && this.state === 'open') this.port.drain(finish);
        else finish(error ?? this.goneError());
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
  private refused(what: string, cause: Error): BoardError {
    if (!this.port.isOpen) this.lose(cause);
    return this.state === 'open' ? this.failure(what, cause) : this.goneError();
  }

  private failure(what: string, cause: Error): BoardError {
    const message = `Serial port ${this.path} ${what}.`;
    return new BoardError('HIL_BOARD_PORT_FAILED', message, { port: this.path }, { cause });
  }
}
