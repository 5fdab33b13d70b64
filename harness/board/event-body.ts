import type { BoardEvent, ConsoleLine } from '../ports';

type Stamp = 'hostAtMs' | 'deviceAtMs' | 'boot' | 'lineIndex';
type WithoutStamp<Event> = Event extends unknown ? Omit<Event, Stamp> : never;

/** What a line says, before it is known when and where it said so. */
export type EventBody = WithoutStamp<BoardEvent>;

/** Reads lines one after the other; each call gives what this line, with those before it, says. */
export type LineReader = (line: ConsoleLine) => readonly EventBody[];

/** What a dialect makes of a console. */
export interface DialectReader {
  readonly read: LineReader;
  /**
   * What has been begun and has no line of its own that ends it: `shows` appears, without a line end, once it is over, and
   * `close` gives it. Undefined: nothing is open.
   */
  open?(): { readonly shows: RegExp; readonly close: () => readonly EventBody[] } | undefined;
  /**
   * What the firmware prints at regular times, and so says something by not printing it: `missed` gives what, once `withinMs` have
   * passed. Another object than at the line before starts the time anew. Undefined: nothing is awaited.
   */
  awaited?(): { readonly withinMs: number; readonly missed: () => readonly EventBody[] } | undefined;
}

/** The event that a line makes of a body. */
export function stampEvent(body: EventBody, line: ConsoleLine): BoardEvent {
  const { hostAtMs, boot, index, deviceAtMs } = line;
  return { ...body, hostAtMs, boot, lineIndex: index, ...(deviceAtMs === undefined ? {} : { deviceAtMs }) };
}
