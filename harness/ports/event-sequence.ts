/** As of an array in ES2023, which the project that uses this package need not have. */
export interface FindLast<Event> {
  <Found extends Event>(matches: (event: Event, position: number) => event is Found): Found | undefined;
  (matches: (event: Event, position: number) => unknown): Event | undefined;
}

/**
 * Events by position, oldest first. `length` counts all that ever came and so is the position of the next one; what is found is among those
 * that are still held.
 */
export type EventSequence<Event> = Pick<
  readonly Event[],
  | typeof Symbol.iterator
  | 'at'
  | 'filter'
  | 'find'
  | 'flatMap'
  | 'length'
  | 'map'
  | 'reduce'
  | 'slice'
  | 'some'
> & { readonly findLast: FindLast<Event> };
