import { lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import type { BoardClock, Cancel } from '../board-clock';
import type { HostPort } from './host-port';
import { SerialPort } from './serial-port';

/** Native USB comes back after 0.3 to 1 s (device.md section 4). */
export const AWAY_MS = 400;

export interface PluggedPortOptions {
  readonly clock: BoardClock;
  readonly onInput: (bytes: Buffer) => void;
  /** Where a link leads to the pseudo-terminal that is the port now, as one of /dev/serial/by-id does. Default: nowhere. */
  readonly linkPath?: string | undefined;
  /** Told when the port goes away and when it has come back. */
  readonly onPresence?: (isThere: boolean) => void;
}

/** The board's port as its host sees it: it may go away and come back under another path. */
export class PluggedPort implements HostPort {
  private port: SerialPort;
  /** The one that comes next, open already so that it has another number. */
  private next: SerialPort | undefined;
  private cancelReturn: Cancel = () => undefined;

  /** @throws Error when there is something at the path of the link that is none. */
  constructor(private readonly options: PluggedPortOptions) {
    this.port = this.open();
    this.link();
  }

  /** Of the pseudo-terminal; the next one while it is away. */
  get path(): string {
    return (this.next ?? this.port).path;
  }

  get isPlugged(): boolean {
    return this.next === undefined && this.port.isPlugged;
  }

  write(bytes: Buffer): void {
    this.port.write(bytes);
  }

  discard(): void {
    this.port.discard();
  }

  unplug(): void {
    this.cancelReturn();
    this.next?.unplug();
    this.next = undefined;
    if (!this.port.isPlugged) return;
    this.unlink();
    this.port.unplug();
  }

  /** Enumerates anew: gone at once, and back under another path. What is written meanwhile is lost. */
  reenumerate(): void {
    if (!this.isPlugged) return;
    const { clock, onPresence } = this.options;
    this.next = this.open();
    this.unlink();
    this.port.unplug();
    onPresence?.(false);
    this.cancelReturn = clock.after(AWAY_MS, () => {
      if (this.next === undefined) return;
      this.port = this.next;
      this.next = undefined;
      this.link();
      onPresence?.(true);
    });
  }

  private open(): SerialPort {
    const { clock, onInput } = this.options;
    return new SerialPort(clock, onInput);
  }

  private link(): void {
    const { linkPath } = this.options;
    if (linkPath === undefined) return;
    if (lstatSync(linkPath, { throwIfNoEntry: false })?.isSymbolicLink() === false)
      throw new Error(`${linkPath} is there and is no link`);
    const made = `${linkPath}.${process.pid}`;
    rmSync(made, { force: true });
    symlinkSync(this.port.path, made);
    renameSync(made, linkPath);
  }

  private unlink(): void {
    if (this.options.linkPath !== undefined) rmSync(this.options.linkPath, { force: true });
  }
}
