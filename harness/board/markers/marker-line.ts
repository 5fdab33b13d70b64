import { CRC_START, crcWith } from './crc16';

const { min } = Math;

/** How a marker begins. */
export const MARKER_START = '@hil {';
const BRACE = MARKER_START.length - 1;
/** Characters of a marker at most, without its line feed (docs/markers.md). */
const LONGEST = 319;
/** The hash and its digits. */
const TAIL = 5;
const CLOSING = '}'.charCodeAt(0);
const HASH = '#'.charCodeAt(0);
const DIGITS = /^[0-9a-f]{4}$/;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** What a marker line says. */
export interface Marker {
  readonly name: string;
  /** Microseconds of the firmware's `esp_timer`. */
  readonly deviceAtUs: number;
  /** Number of the marker since the firmware started, from 0. */
  readonly number: number;
  /** Everything else in the line. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** A marker in a line of the console. */
export interface PlacedMarker {
  readonly marker: Marker;
  readonly start: number;
  readonly end: number;
}

/**
 * The markers in a line, wherever they stand in it, in their order; none where nothing has the shape and the checksum of one. The
 * work is bounded: each `@hil {` is looked at over 319 characters.
 */
export function markersIn(text: string): readonly PlacedMarker[] {
  const found: PlacedMarker[] = [];
  for (let start = text.indexOf(MARKER_START); start >= 0;) {
    const placed = markerAt(text, start);
    if (placed !== undefined) found.push(placed);
    start = text.indexOf(MARKER_START, placed?.end ?? start + MARKER_START.length);
  }
  return found;
}

/** A brace, a hash and four digits may stand in a string too: the checksum says which of them are the end. */
function markerAt(text: string, start: number): PlacedMarker | undefined {
  const from = start + BRACE;
  const to = min(text.length, start + LONGEST) - TAIL;
  // Carried along, so that a line of nothing but beginnings and ends costs no more than any other.
  let crc = CRC_START;
  for (let position = from; position < to; position += 1) {
    const code = text.charCodeAt(position);
    crc = crcWith(crc, code);
    if (code !== CLOSING || text.charCodeAt(position + 1) !== HASH) continue;
    const end = position + 1 + TAIL;
    const digits = text.slice(position + 2, end);
    if (!DIGITS.test(digits) || parseInt(digits, 16) !== crc) continue;
    const marker = markerOf(text.slice(from, position + 1));
    if (marker !== undefined) return { marker, start, end };
  }
  return undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function markerOf(object: string): Marker | undefined {
  let value: unknown;
  try {
    value = JSON.parse(object);
  } catch {
    // A stray checksum that fits: one in 65 536.
    return undefined;
  }
  const { us, n, ev, ...rest } = value as Readonly<Record<string, unknown>>;
  if (!isCount(us) || !isCount(n) || typeof ev !== 'string' || !NAME.test(ev)) return undefined;
  const fields: Record<string, string | number | boolean> = {};
  for (const [key, field] of Object.entries(rest)) {
    if (typeof field !== 'string' && typeof field !== 'number' && typeof field !== 'boolean')
      return undefined;
    fields[key] = field;
  }
  return { name: ev, deviceAtUs: us, number: n, fields };
}
