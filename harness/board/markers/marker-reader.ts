import type { ConsoleLine } from '../../ports';
import type { EventBody } from '../event-body';
import { MARKER_START, markersIn, type PlacedMarker } from './marker-line';

/** More text than a console line has is not kept for a line end that does not come. */
const LONGEST_HEAD = 16 * 1024;

/** What a line's markers say, and what is left for the other readers. */
export interface ReadMarkers {
  readonly events: readonly EventBody[];
  /** Lines without markers; none where nothing is left, or where the text goes on in the next line. */
  readonly lines: readonly ConsoleLine[];
}

/**
 * Takes the markers out of a console's lines. Text of another task that a marker's line feed ended too early is put together with
 * the line behind it, as it would stand there without the marker.
 */
export class MarkerReader {
  private boot: number | undefined;
  /** Number that the next marker has; undefined: whatever it is, none is missing. */
  private expected: number | undefined;
  private head: ConsoleLine | undefined;

  read(line: ConsoleLine): ReadMarkers {
    const cut = line.boot === this.boot ? [] : this.startBoot(line.boot);
    const placed = line.text.includes(MARKER_START) ? markersIn(line.text) : [];
    const last = placed.at(-1);
    if (last === undefined) return { events: [], lines: [...cut, this.joined(line)] };
    const events = placed.flatMap((one) => this.eventsOf(one, line.byteOffset));
    const rest = withoutMarkers(line.text, placed);
    if (rest === '' && this.head === undefined) return { events, lines: cut };
    const joined = this.joined({ ...line, text: rest });
    if (last.end < line.text.length || joined.text.length > LONGEST_HEAD)
      return { events, lines: [...cut, joined] };
    this.head = joined;
    return { events, lines: cut };
  }

  /** A reset cut what was begun. */
  private startBoot(boot: number): readonly ConsoleLine[] {
    const { head } = this;
    // Whoever begins to listen in the middle of a boot has lost nothing that he could count.
    this.expected = this.boot === undefined ? undefined : 0;
    this.boot = boot;
    this.head = undefined;
    return head === undefined ? [] : [{ ...head, truncated: true }];
  }

  private joined(line: ConsoleLine): ConsoleLine {
    const { head } = this;
    this.head = undefined;
    return head === undefined ? line : { ...head, text: head.text + line.text };
  }

  private eventsOf({ marker, start }: PlacedMarker, byteOffset: number): readonly EventBody[] {
    const { name, ...facts } = marker;
    const lost = this.expected === undefined ? 0 : marker.number - this.expected;
    this.expected = marker.number + 1;
    const event: EventBody = {
      type: 'marker',
      marker: name,
      ...facts,
      byteOffset,
      ...(start > 0 && { midLine: true }),
    };
    // A number that fell back is a start that nobody saw.
    return lost > 0 ? [{ type: 'markers-lost', count: lost }, event] : [event];
  }
}

function withoutMarkers(text: string, placed: readonly PlacedMarker[]): string {
  let rest = '';
  let from = 0;
  for (const { start, end } of placed) {
    rest += text.slice(from, start);
    from = end;
  }
  return rest + text.slice(from);
}
