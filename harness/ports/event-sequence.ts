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
  | 'findLast'
  | 'flatMap'
  | 'length'
  | 'map'
  | 'reduce'
  | 'slice'
  | 'some'
>;
