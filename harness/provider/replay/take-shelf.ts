import type { Take } from '../proxy/cassette';

/** The takes of a cassette, handed out in their order; where all that fit were used they start over. */
export class TakeShelf {
  private readonly used = new Set<Take>();

  constructor(private readonly takes: readonly Take[]) {}

  /** The take that would be used next of those that fit; undefined when none does. */
  peek<T extends Take>(fits: (take: Take) => take is T): T | undefined {
    const fitting = this.takes.filter(fits);
    return fitting.find((take) => !this.used.has(take)) ?? fitting[0];
  }

  /** Takes it as well. */
  use<T extends Take>(fits: (take: Take) => take is T): T | undefined {
    const take = this.peek(fits);
    if (take === undefined) return undefined;
    if (this.used.has(take)) for (const other of this.takes.filter(fits)) this.used.delete(other);
    this.used.add(take);
    return take;
  }
}
