import type { EventSequence, FindLast } from './event-sequence';

/** Of a type that passes: so many packets are six minutes of speech, and no turn is that long. */
const MOST_PASSING = 20_000;
/** Of a type that lasts, such as boots and faults: whoever looks for one looks for the latest. */
const MOST_LASTING = 5_000;
/** So far above its bound a type may be, so that letting go costs nothing per event. */
const SLACK = 1.1;

/** How many events of one type are held. */
export interface HeldBounds {
  readonly passing: number;
  readonly lasting: number;
}

/**
 * The newest events of each type, however many come: a type that floods pushes none of another type out. What is let go keeps its position,
 * at which nothing stands any more.
 */
export class HeldEvents<Event extends { readonly type: string }> implements EventSequence<Event> {
  readonly filter: Event[]['filter'];
  readonly find: Event[]['find'];
  readonly findLast: FindLast<Event>;
  readonly flatMap: Event[]['flatMap'];
  readonly map: Event[]['map'];
  readonly reduce: Event[]['reduce'];
  readonly some: Event[]['some'];
  private readonly held: Event[] = [];
  /** Of each event that is held, rising. */
  private readonly positions: number[] = [];
  private readonly counts = new Map<string, number>();
  private added = 0;

  /** @param passing - Types of which only the newest are ever asked for, and which `forget` lets go. */
  constructor(
    private readonly passing: ReadonlySet<Event['type']>,
    private readonly bounds: HeldBounds = { passing: MOST_PASSING, lasting: MOST_LASTING },
  ) {
    const { held } = this;
    this.filter = held.filter.bind(held);
    this.find = held.find.bind(held);
    this.findLast = held.findLast.bind(held);
    this.flatMap = held.flatMap.bind(held);
    this.map = held.map.bind(held);
    this.reduce = held.reduce.bind(held);
    this.some = held.some.bind(held);
  }

  get length(): number {
    return this.added;
  }

  [Symbol.iterator](): ArrayIterator<Event> {
    return this.held[Symbol.iterator]();
  }

  /** The event at a position, from the end where that is negative; undefined: none was there yet, or it was let go. */
  at(position: number): Event | undefined {
    const wanted = this.fromStart(position);
    const index = this.indexOf(wanted);
    return this.positions[index] === wanted ? this.held[index] : undefined;
  }

  /** What is held of positions [from, to), from the end where they are negative. */
  slice(from = 0, to = this.added): Event[] {
    return this.held.slice(this.indexOf(this.fromStart(from)), this.indexOf(this.fromStart(to)));
  }

  push(event: Event): void {
    this.held.push(event);
    this.positions.push(this.added);
    this.added += 1;
    const count = (this.counts.get(event.type) ?? 0) + 1;
    this.counts.set(event.type, count);
    const most = this.mostOf(event.type);
    if (count <= most * SLACK) return;
    let tooMany = count - most;
    this.letGo(({ type }) => type === event.type && tooMany-- > 0);
  }

  /** Lets go what passes of the events before this position. */
  forget(before: number): void {
    this.letGo(({ type }, position) => position < before && this.passing.has(type));
  }

  private mostOf(type: Event['type']): number {
    return this.passing.has(type) ? this.bounds.passing : this.bounds.lasting;
  }

  private fromStart(position: number): number {
    return position < 0 ? Math.max(0, this.added + position) : position;
  }

  /** Of the first event that is held at this position or behind it. */
  private indexOf(position: number): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.positions[middle] ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private letGo(isGone: (event: Event, position: number) => boolean): void {
    const { held, positions, counts } = this;
    let kept = 0;
    counts.clear();
    for (const [index, event] of held.entries()) {
      const position = positions[index] ?? 0;
      if (isGone(event, position)) continue;
      held[kept] = event;
      positions[kept] = position;
      kept += 1;
      counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
    }
    held.length = kept;
    positions.length = kept;
  }
}
