import type { Cancel, Clock } from '../../ports';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock for tests that stands still until it is told to go on. */
export class ManualClock implements Clock {
  private alarms: Alarm[] = [];

  constructor(private currentMs = 0) {}

  nowMs(): number {
    return this.currentMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const alarm = { atMs: this.currentMs + delayMs, callback };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /** Lets time pass; what falls due is called in order, also what was asked for meanwhile. */
  advance(byMs: number): void {
    const endMs = this.currentMs + byMs;
    for (let next = this.nextDue(endMs); next !== undefined; next = this.nextDue(endMs)) {
      const due = next;
      this.alarms = this.alarms.filter((alarm) => alarm !== due);
      this.currentMs = Math.max(this.currentMs, due.atMs);
      due.callback();
    }
    this.currentMs = endMs;
  }

  get pendingCount(): number {
    return this.alarms.length;
  }

  private nextDue(endMs: number): Alarm | undefined {
    return [...this.alarms].sort((a, b) => a.atMs - b.atMs).find((alarm) => alarm.atMs <= endMs);
  }
}
