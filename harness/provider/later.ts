/**
 * A value that may be there already: who asks for it then gets it in the same tick, which a promise cannot do. The mock's
 * zero think time rests on it.
 */
export class Later<T> {
  private settled: { readonly value: T } | undefined;
  private waiting: ((value: T) => void)[] = [];

  static of<T>(value: T): Later<T> {
    const later = new Later<T>();
    later.settle(value);
    return later;
  }

  get isSettled(): boolean {
    return this.settled !== undefined;
  }

  /** Gives the value to all who wait; does nothing the second time. */
  settle(value: T): void {
    if (this.settled !== undefined) return;
    this.settled = { value };
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback(value);
  }

  /** Calls back with the value, at once where it is there. */
  use(callback: (value: T) => void): void {
    if (this.settled === undefined) this.waiting.push(callback);
    else callback(this.settled.value);
  }
}
