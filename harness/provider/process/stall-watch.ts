import type { Cancel, Clock, HostWindow, Stall } from '../../ports';

/** How often it is looked. */
const BEAT_MS = 20;
/** Timers of a machine that has other work are late by less; boards hold more than that in hand against the jitter of a network. */
const LEAST_STALL_MS = 40;
/** More than a turn of a minute can have. */
const MOST_KEPT = 2_000;

/**
 * Watches whether this process comes to its work: a timer that comes late says by how much everything else did that was due then, packets of
 * a reply before all.
 */
export class StallWatch {
  private readonly stalls: Stall[] = [];
  private dueAtHostMs: number;
  private cancel: Cancel = () => undefined;

  /** Watches from now on, until `stop`. */
  constructor(private readonly clock: Clock) {
    this.dueAtHostMs = clock.nowMs() + BEAT_MS;
    this.wait();
  }

  /** Stalls that reach into a stretch of host time, oldest first. One that has only just ended is among them. */
  between({ fromHostAtMs, toHostAtMs }: HostWindow): readonly Stall[] {
    // Who asks may come before the timer does.
    this.look();
    return this.stalls.filter(
      (stall) => stall.fromHostAtMs < toHostAtMs && stall.fromHostAtMs + stall.lengthMs > fromHostAtMs,
    );
  }

  stop(): void {
    this.cancel();
  }

  private wait(): void {
    this.cancel = this.clock.after(BEAT_MS, () => {
      this.look();
      this.wait();
    });
  }

  private look(): void {
    const nowMs = this.clock.nowMs();
    const lengthMs = nowMs - this.dueAtHostMs;
    this.dueAtHostMs = nowMs + BEAT_MS;
    if (lengthMs < LEAST_STALL_MS) return;
    this.stalls.push({ fromHostAtMs: nowMs - lengthMs, lengthMs });
    if (this.stalls.length > MOST_KEPT) this.stalls.shift();
  }
}
