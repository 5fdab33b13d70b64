interface Waiting<T> {
  readonly matches: (value: T) => boolean;
  readonly resolve: (value: T) => void;
}

/** Values in order of arrival, and promises for those that have not arrived yet: arm, then cause. */
export class Arrivals<T> {
  readonly all: T[] = [];
  private waiting: Waiting<T>[] = [];

  add(value: T): void {
    this.all.push(value);
    const satisfied = this.waiting.filter(({ matches }) => matches(value));
    this.waiting = this.waiting.filter((waiter) => !satisfied.includes(waiter));
    for (const { resolve } of satisfied) resolve(value);
  }

  /** The next value that matches and arrives after this call. */
  next(matches: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => this.waiting.push({ matches, resolve }));
  }

  /** The first value that matches, arrived or still to arrive. */
  first(matches: (value: T) => boolean): Promise<T> {
    const found = this.all.find(matches);
    return found === undefined ? this.next(matches) : Promise.resolve(found);
  }

  /** The value of this place, arrived or still to arrive; the first is 0. */
  async at(index: number): Promise<T> {
    while (this.all.length <= index) await this.next();
    return this.all[index] as T;
  }
}
