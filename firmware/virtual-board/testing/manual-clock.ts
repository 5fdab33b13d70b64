import type { BoardClock } from '../board-clock';

/** A clock that moves only when the test says so; callbacks run in the order of their due times. */
export class ManualClock implements BoardClock {
  private now = 0;
  private armed: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  /** 21 November 2026, 06:00:00 UTC, when the clock starts. */
  unixMs(): number {
    return Date.UTC(2026, 10, 21, 6) + this.now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.now + delayMs, callback };
    this.armed.push(timer);
    return () => {
      this.armed = this.armed.filter((other) => other !== timer);
    };
  }

  advance(durationMs: number): void {
    const endMs = this.now + durationMs;
    for (;;) {
      const [next] = this.armed.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.armed = this.armed.filter((other) => other !== next);
      this.now = Math.max(this.now, next.dueMs);
      next.callback();
    }
    this.now = endMs;
  }
}
