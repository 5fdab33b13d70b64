import type { Clock } from '../../ports';
import { LEASE_MS } from '../limits';
import { seenAt, type BenchOrder, type BenchReport, type BenchRoll, type BenchState } from '../roll';
import { BOOKED, type BookedVerdict, type VerdictBook } from '../verdict-book';

/** A roll in this process's memory. */
export class InProcessRoll implements BenchRoll {
  private readonly states = new Map<string, BenchState>();
  private readonly unheard: BenchOrder[] = [];
  private readonly listeners = new Map<string, (order: BenchOrder) => void>();

  /** @param leaseMs - Default: 30 s. */
  constructor(
    private readonly clock: Clock,
    private readonly leaseMs = LEASE_MS,
  ) {}

  nowMs(): Promise<number> {
    return Promise.resolve(this.clock.nowMs());
  }

  announce(report: BenchReport): Promise<void> {
    this.states.set(report.bench, { ...report, seenAtMs: this.clock.nowMs() });
    return Promise.resolve();
  }

  leave(bench: string): Promise<void> {
    this.states.delete(bench);
    return Promise.resolve();
  }

  benches(): Promise<readonly BenchState[]> {
    const nowMs = this.clock.nowMs();
    const seen = [...this.states.values()].flatMap((state) => seenAt(state, nowMs, this.leaseMs) ?? []);
    return Promise.resolve(seen.sort((a, b) => a.bench.localeCompare(b.bench)));
  }

  order(order: BenchOrder): Promise<void> {
    const listener = this.listeners.get(order.bench);
    if (listener === undefined) this.unheard.push(order);
    else listener(order);
    return Promise.resolve();
  }

  onOrder(bench: string, listener: (order: BenchOrder) => void): Promise<void> {
    this.listeners.set(bench, listener);
    const waiting = this.unheard.filter((order) => order.bench === bench);
    for (const order of waiting) {
      this.unheard.splice(this.unheard.indexOf(order), 1);
      listener(order);
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.listeners.clear();
    return Promise.resolve();
  }
}

/** Verdicts in this process's memory. */
export class InProcessVerdicts implements VerdictBook {
  private readonly verdicts: BookedVerdict[] = [];

  record(verdict: BookedVerdict): Promise<void> {
    this.verdicts.unshift(verdict);
    this.verdicts.splice(BOOKED);
    return Promise.resolve();
  }

  recent(count: number): Promise<readonly BookedVerdict[]> {
    return Promise.resolve(this.verdicts.slice(0, count));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
