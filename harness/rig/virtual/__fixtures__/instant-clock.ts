import type { Clock } from '../../../ports';

/** Waits longer than this are watchdogs: they never come in a test that does not ask for them. */
const WATCHDOG_FROM_MS = 1_000;

/** A clock that jumps to the next instant somebody waits for as soon as everything else has been done. */
export class InstantClock implements Clock {
  private atMs = 1_000_000;
  private readonly watchdogs = new Set<() => void>();

  nowMs(): number {
    return this.atMs;
  }

  /** Time passes while somebody works. */
  spend(durationMs: number): void {
    this.atMs += durationMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    if (delayMs >= WATCHDOG_FROM_MS) {
      this.watchdogs.add(callback);
      return () => this.watchdogs.delete(callback);
    }
    const dueAtMs = this.atMs + delayMs;
    const handle = setImmediate(() => {
      this.atMs = Math.max(this.atMs, dueAtMs);
      callback();
    });
    return () => clearImmediate(handle);
  }

  /** Lets every watchdog bite. */
  fireWatchdogs(): void {
    for (const callback of [...this.watchdogs]) callback();
  }
}
