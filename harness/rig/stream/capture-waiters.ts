interface Waiter {
  readonly until: number;
  resolve(): void;
  reject(reason: Error): void;
}

/** Those who wait for a sample to be captured. */
export class CaptureWaiters {
  private waiting: Waiter[] = [];

  /** Resolves when the position reaches `until`; rejects with what `rejectAll` is given. */
  wait(until: number): Promise<void> {
    return new Promise((resolve, reject) => this.waiting.push({ until, resolve, reject }));
  }

  reached(position: number): void {
    if (!this.waiting.some(({ until }) => until <= position)) return;
    const ready = this.waiting.filter(({ until }) => until <= position);
    this.waiting = this.waiting.filter(({ until }) => until > position);
    for (const each of ready) each.resolve();
  }

  rejectAll(reason: Error): void {
    const { waiting } = this;
    this.waiting = [];
    for (const each of waiting) each.reject(reason);
  }
}
