import type { Cancel, Clock } from '../../../ports';

interface Waiting {
  readonly dueAtMs: number;
  readonly leave: () => void;
}

/** What waits for its time, in the order of its times; what is due already leaves at once. */
export class DelayLine {
  private readonly waiting: Waiting[] = [];
  private alarm: Cancel | undefined;

  constructor(private readonly clock: Clock) {}

  get length(): number {
    return this.waiting.length;
  }

  add(dueAtMs: number, leave: () => void): void {
    let place = this.waiting.length;
    while (place > 0 && (this.waiting[place - 1]?.dueAtMs ?? 0) > dueAtMs) place -= 1;
    this.waiting.splice(place, 0, { dueAtMs, leave });
    if (place === 0) this.release();
  }

  clear(): void {
    this.alarm?.();
    this.waiting.length = 0;
  }

  private release(): void {
    this.alarm?.();
    this.alarm = undefined;
    for (let [first] = this.waiting; first !== undefined; [first] = this.waiting) {
      const leftMs = first.dueAtMs - this.clock.nowMs();
      if (leftMs > 0) {
        this.alarm = this.clock.after(leftMs, () => this.release());
        return;
      }
      this.waiting.shift();
      first.leave();
    }
  }
}
