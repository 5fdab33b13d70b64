import { rateOfPpm } from '../../harness/units';
import type { BoardClock, Cancel } from './board-clock';

/** Something that firmware does at a board time. */
export interface TimedStep {
  readonly atMs: number;
  run(): void;
}

/**
 * The board's own time: milliseconds since the last reset as its crystal counts them, `ppm` parts per million fast. Timers
 * belong to the running firmware, so a restart takes all of them back.
 */
export class Crystal {
  private startedAtMs: number;
  /** Counts what `cancelAll` ended. */
  private epoch = 0;
  private readonly armed = new Set<Cancel>();

  constructor(
    private readonly clock: BoardClock,
    readonly ppm: number,
  ) {
    this.startedAtMs = clock.nowMs();
  }

  /** Board milliseconds since the last restart, fractions kept. */
  elapsedMs(): number {
    return (this.clock.nowMs() - this.startedAtMs) * rateOfPpm(this.ppm);
  }

  /** Starts counting at 0 and forgets every timer. */
  restart(): void {
    this.cancelAll();
    this.startedAtMs = this.clock.nowMs();
  }

  /** Calls back once, `delayMs` of board time from now, unless the board restarts before. */
  after(delayMs: number, callback: () => void): Cancel {
    const disarm = this.clock.after(delayMs / rateOfPpm(this.ppm), () => {
      this.armed.delete(cancel);
      callback();
    });
    const cancel = (): void => {
      this.armed.delete(cancel);
      disarm();
    };
    this.armed.add(cancel);
    return cancel;
  }

  /** Calls back at a board time since the restart, at once (but never synchronously) when it has passed. */
  at(elapsedMs: number, callback: () => void): Cancel {
    return this.after(Math.max(0, elapsedMs - this.elapsedMs()), callback);
  }

  /** Runs steps in their order, each at its board time or as soon after as the host allows, unless the board restarts. */
  follow(steps: readonly TimedStep[]): void {
    const [next, ...later] = steps;
    if (next === undefined) return;
    if (next.atMs > this.elapsedMs()) {
      this.at(next.atMs, () => this.follow(steps));
      return;
    }
    const { epoch } = this;
    next.run();
    // A step may have ended the boot that it belongs to.
    if (epoch === this.epoch) this.follow(later);
  }

  cancelAll(): void {
    this.epoch += 1;
    for (const cancel of [...this.armed]) cancel();
  }
}
