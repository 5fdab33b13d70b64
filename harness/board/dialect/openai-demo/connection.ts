import type { Numbering } from './generation';

const old = [
  'none',
  'connected',
  'connect failed',
  'disconnected',
  'data channel connected',
  'data channel disconnected',
  'data channel opened',
  'data channel closed',
] as const;

/** Names of the events by their numbers (device.md section 9.4). */
const names: Readonly<Record<Numbering, readonly string[]>> = {
  old,
  new: ['none', 'connecting', 'paired', ...old.slice(1)],
};

const ENDS: ReadonlySet<string> = new Set([
  'connect failed',
  'disconnected',
  'data channel disconnected',
  'data channel closed',
]);

/** What an event's number means; undefined for a number that the numbering does not have. */
export const connectionState = (numbering: Numbering, number: number): string | undefined =>
  names[numbering][number];

/** How one connection of the board stands by the events so far, read in both numberings as long as neither is decided. */
export class ConnectionView {
  private latest: Readonly<Record<Numbering, string | undefined>> = { old: undefined, new: undefined };
  private channel: Record<Numbering, boolean> = { old: false, new: false };

  see(number: number): void {
    const read = { old: connectionState('old', number), new: connectionState('new', number) };
    this.latest = read;
    for (const numbering of ['old', 'new'] as const) {
      const state = read[numbering];
      if (state === 'data channel opened') this.channel[numbering] = true;
      // A new connection begins without the channel of the one before.
      else if (state !== undefined && (ENDS.has(state) || number === 1)) this.channel[numbering] = false;
    }
  }

  /** The data channel is open, which makes a session usable. */
  isOpen(numbering: Numbering): boolean {
    return this.channel[numbering];
  }

  /** What ended the connection with the latest event; undefined: it did not end. */
  endedBy(numbering: Numbering): string | undefined {
    const state = this.latest[numbering];
    return state !== undefined && ENDS.has(state) ? state : undefined;
  }
}
