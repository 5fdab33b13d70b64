/** The board's end of the line to its host. */
export interface HostPort {
  /** False after `unplug`. */
  readonly isPlugged: boolean;
  write(bytes: Buffer): void;
  /** Forgets what waits for the host: a chip in reset sends nothing. */
  discard(): void;
  /** The port vanishes for the host, as if the cable had been pulled. Nothing happens the second time. */
  unplug(): void;
  /** The port goes away and comes back under another path, as native USB does at a reset. */
  reenumerate(): void;
}

/** A host on each of several lines: both see what the board prints. */
export const onBothPorts = (one: HostPort, other: Pick<HostPort, 'write' | 'unplug'>): HostPort => ({
  get isPlugged() {
    return one.isPlugged;
  },
  write: (bytes) => {
    one.write(bytes);
    other.write(bytes);
  },
  discard: () => one.discard(),
  unplug: () => {
    one.unplug();
    other.unplug();
  },
  reenumerate: () => one.reenumerate(),
});
