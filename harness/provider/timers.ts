import type { Cancel, Clock } from '../ports';

/** Timers that end together. */
export class Timers {
  private readonly cancels = new Set<Cancel>();

  constructor(private readonly clock: Clock) {}

  /** Calls back `delayMs` from now; in this tick when that is none. */
  after(delayMs: number, step: () => void): void {
    if (delayMs <= 0) {
      step();
      return;
    }
    const cancel = this.clock.after(delayMs, () => {
      this.cancels.delete(cancel);
      step();
    });
    this.cancels.add(cancel);
  }

  stop(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }
}
