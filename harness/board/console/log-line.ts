/** What an ESP-IDF log line says about itself. */
export interface LogLine {
  readonly level: 'E' | 'W' | 'I' | 'D' | 'V';
  /** Milliseconds since boot; absent when the firmware prints wall-clock time or none. */
  readonly deviceAtMs?: number;
  /** `12:34:56.789` of the device's own wall clock, which starts at 0 and jumps once it is set. */
  readonly wallClock?: string;
  /** `2025-12-31`, where the stamp holds the date as well. */
  readonly wallDate?: string;
  /** The device's own wall clock in milliseconds since 1970. */
  readonly unixAtMs?: number;
  readonly tag: string;
  readonly message: string;
}

// The four shapes of a stamp (device.md section 2.1): milliseconds since boot, which 32 bits hold, milliseconds since 1970, a time of
// day, and that with its date. Wi-Fi blobs print no space after the tag; `MSPI Timing` is the one system tag with a space.
const STAMPED =
  /^([EWIDV]) \((?:(\d{1,10})|(\d{13})|(?:(\d{2,3})(-\d\d-\d\d) )?(\d\d:\d\d:\d\d\.\d{3}))\) ([^:\s][^:]*): ?(.*)$/s;
// Without a time, prose such as "I think: ..." has the same shape, so the tag must be one word.
const UNSTAMPED = /^([EWIDV]) ([^:\s]+): ?(.*)$/s;

/** Reads a console line without colours as a log line, of V1 or V2; undefined for plain text. */
export function parseLogLine(text: string): LogLine | undefined {
  const stamped = STAMPED.exec(text);
  if (stamped !== null) {
    const [, level, deviceAtMs, unixAtMs, year, monthAndDay, wallClock, tag = '', message = ''] = stamped;
    return {
      level: level as LogLine['level'],
      ...(deviceAtMs === undefined ? {} : { deviceAtMs: Number(deviceAtMs) }),
      ...(unixAtMs === undefined ? {} : { unixAtMs: Number(unixAtMs) }),
      ...(year === undefined ? {} : { wallDate: `${fullYear(year)}${monthAndDay}` }),
      ...(wallClock === undefined ? {} : { wallClock }),
      tag,
      message,
    };
  }
  const unstamped = UNSTAMPED.exec(text);
  if (unstamped === null) return undefined;
  const [, level, tag = '', message = ''] = unstamped;
  return { level: level as LogLine['level'], tag, message };
}

/** ESP-IDF v5.5.1 prints the years since 1900, in three digits from 2000 on; later versions the last two of the year. */
const fullYear = (printed: string): number => Number(printed) + (printed.length === 3 ? 1900 : 2000);

/** A line with a time of whatever shape: no prose, which a line without one may be. */
export const isStamped = (log: LogLine | undefined): log is LogLine =>
  (log?.deviceAtMs ?? log?.wallClock ?? log?.unixAtMs) !== undefined;

const SPACE = 32;
const OPENING = 40;
const CLOSING = 41;
const ZERO = 48;
const NINE = 57;
/** Of `E`, `W`, `I`, `D` and `V`, by their codes. */
const isLevel = new Uint8Array(128);
for (const level of 'EWIDV') isLevel[level.charCodeAt(0)] = 1;

/**
 * The board's milliseconds since boot in a line `I (1234) tag: ...` that begins at `from`; undefined for every other shape. Written by
 * hand because each line of the stream passes here.
 */
export function deviceTimeAt(text: string, from: number): number | undefined {
  if (text.charCodeAt(from + 2) !== OPENING || text.charCodeAt(from + 1) !== SPACE) return undefined;
  if (isLevel[text.charCodeAt(from)] !== 1) return undefined;
  let valueMs = 0;
  for (let position = from + 3; position < from + 14; position += 1) {
    const code = text.charCodeAt(position);
    if (code === CLOSING && position > from + 3) return valueMs;
    if (!(code >= ZERO && code <= NINE)) return undefined;
    valueMs = valueMs * 10 + (code - ZERO);
  }
  return undefined;
}
