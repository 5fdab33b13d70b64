import type { BoardEvent, ConsoleLine, EventSequence, MarkerEvent, StampedLine } from '../ports';

/** More lines hardly narrow the relation of two clocks, and every record carries them. */
const MOST_LINES = 64;
/** What stamps before an application runs has another clock (device.md section 11). */
const APPLICATION_STARTS = /\bmain_task: (?:Started on CPU|Calling app_main)/;

/**
 * The latest lines with a stamp of the board's clock before a turn, of the boot that it is played on: a turn by itself has
 * too few of them to show how that clock relates to the host's.
 */
export function clockLinesBefore(lines: readonly ConsoleLine[], firstIndex: number): StampedLine[] {
  const kept: StampedLine[] = [];
  const { boot } = lines.findLast(({ index }) => index < firstIndex) ?? {};
  for (let at = lines.length - 1; at >= 0 && kept.length < MOST_LINES; at -= 1) {
    const line = lines[at];
    if (line === undefined || line.index >= firstIndex) continue;
    if (line.boot !== boot) break;
    const { deviceAtMs, hostAtMs, byteOffset } = line;
    if (deviceAtMs !== undefined) kept.unshift({ deviceAtMs, hostAtMs, byteOffset, boot: line.boot });
    if (APPLICATION_STARTS.test(line.text)) break;
  }
  return kept;
}

/** The latest markers before a turn, of the boot that it is played on. */
export function clockMarkersBefore(
  events: EventSequence<BoardEvent>,
  lines: readonly ConsoleLine[],
  firstIndex: number,
): { readonly clockMarkers?: readonly MarkerEvent[] } {
  const { boot } = lines.findLast(({ index }) => index < firstIndex) ?? {};
  const before = events.filter((event) => event.lineIndex < firstIndex);
  const ofBoot = before.slice(before.findLastIndex((event) => event.boot !== boot) + 1);
  const kept = ofBoot.filter((event) => event.type === 'marker').slice(-MOST_LINES);
  return kept.length === 0 ? {} : { clockMarkers: kept };
}
