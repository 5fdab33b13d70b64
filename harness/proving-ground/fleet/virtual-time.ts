import { setImmediate as settled } from 'node:timers/promises';
import type { Cancel, Clock } from '../../ports';

interface Due {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that goes from one thing that is due to the next, as fast as they are done. */
export class VirtualTime implements Clock {
  private atMs = 0;
  /** The next one last. */
  private readonly due: Due[] = [];

  nowMs(): number {
    return this.atMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const one: Due = { atMs: this.atMs + delayMs, callback };
    this.due.splice(this.placeOf(one.atMs), 0, one);
    return () => {
      // Those due at the same instant lie side by side from there on.
      const place = this.due.indexOf(one, this.placeOf(one.atMs));
      if (place >= 0) this.due.splice(place, 1);
    };
  }

  /** Resolves at the instant, or once nothing is due any more; what promises began is done between two callbacks. */
  async runUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = this.due.pop();
      if (next === undefined) return;
      this.atMs = next.atMs;
      next.callback();
      await settled();
    }
  }

  /** Ahead of all that are due earlier or, of equals, came earlier. */
  private placeOf(atMs: number): number {
    let low = 0;
    let high = this.due.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.due[middle]?.atMs ?? 0) > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
