import { StringDecoder } from 'node:string_decoder';
import { stripTerminalControl } from './ansi';
import { garbledBytes } from './garbled-bytes';
import { SOFT_RESET_LINE } from './boot-counter';
import { PlainStretch } from './plain-stretch';
import { PROMPT, stripPrompts } from './prompt';

const LF = 10;
const CR = 13;
const ROM_NAME = 'ESP-ROM:';
const ROM_BANNER = /ESP-ROM:esp32[a-z0-9]*-\d{8}/;
/** Anything but printable ASCII, tabs and line ends. */
const NOT_PLAIN = /[^\t\n\r -~]/;

/** Longer lines are cut into pieces, so that a stream without line ends cannot fill the memory. */
export const MAX_LINE_BYTES = 16 * 1024;
/** Ends every piece but the last of a line that was cut. */
export const CUT_MARK = ' [line cut]';

/** A line as it left the byte stream. */
export interface AssembledLine {
  /** Without NULs, terminal control sequences, line end and prompts. */
  readonly text: string;
  /** The same with its prompts, where it had any. */
  readonly withPrompt?: string;
  readonly hostAtMs: number;
  readonly byteOffset: number;
  /** Bytes of the stream that it took, its line end included: those of all lines and of the partial one are all that came. */
  readonly byteLength: number;
  /** ROM banners up to here, its own included. */
  readonly boot: number;
  readonly truncated?: true;
  /** How many of its bytes are no text. Absent: none. */
  readonly garbledBytes?: number;
}

interface Arrival {
  readonly byteOffset: number;
  readonly hostAtMs: number;
}

interface Place extends Arrival {
  readonly byteLength: number;
  readonly garbled: number;
}

/**
 * Bytes to lines, as device.md sections 2 and 12 say. Lines stay bytes until their end has come, so a character or an
 * escape sequence that arrives in two pieces is whole when it is decoded. A ROM banner in the middle of a line ends that
 * line as truncated and starts a boot.
 */
export class LineAssembler {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private arrivals: Arrival[] = [];
  private boot = 0;
  private received = 0;

  /** @param emitStretch - Gets lines that need no look at each of them. Default: each goes to `emit`. */
  constructor(
    private readonly emit: (line: AssembledLine) => void,
    private readonly emitStretch: (stretch: PlainStretch) => void = (stretch) => {
      for (const line of stretch.lines()) emit(line);
    },
  ) {}

  get receivedBytes(): number {
    return this.received;
  }

  push(bytes: Buffer, hostAtMs: number): void {
    const chunkOffset = this.received;
    this.received += bytes.length;
    let start = 0;
    if (this.pendingBytes > 0) {
      const end = bytes.indexOf(LF);
      if (end < 0) {
        this.keep(bytes, chunkOffset, hostAtMs);
        return;
      }
      this.keep(bytes.subarray(0, end), chunkOffset, hostAtMs);
      this.flushPending({ ends: true });
      start = end + 1;
    }
    const latin = bytes.toString('latin1');
    start = NOT_PLAIN.test(latin)
      ? this.controlledLines(bytes, start, chunkOffset, hostAtMs)
      : this.plainLines(latin, bytes, start, chunkOffset, hostAtMs);
    if (start < bytes.length) this.keep(bytes.subarray(start), chunkOffset + start, hostAtMs);
  }

  get hasPartial(): boolean {
    return this.pendingBytes > 0;
  }

  get partialBytes(): number {
    return this.pendingBytes;
  }

  /** How many bytes of it are no text, its last character left out where that is cut. */
  get partialGarbledBytes(): number {
    return garbledBytes(Buffer.concat(this.pending));
  }

  /** The line that has begun and has no end yet, as far as it came; undefined when there is none. */
  partial(): AssembledLine | undefined {
    const first = this.arrivals[0];
    if (first === undefined) return undefined;
    const text = stripTerminalControl(new StringDecoder('utf8').write(Buffer.concat(this.pending)));
    return this.line(text, { ...first, byteLength: this.pendingBytes, garbled: 0 });
  }

  /** The stream is over: a line without its end comes out as truncated. */
  end(): void {
    if (this.pendingBytes > 0) this.flushPending({ truncated: true });
  }

  // The common case: the whole chunk becomes one string and its lines are slices of it. A character is a byte here.
  private plainLines(
    text: string,
    bytes: Buffer,
    from: number,
    chunkOffset: number,
    hostAtMs: number,
  ): number {
    // Looked for once in the chunk, as hardly any holds one.
    const isBare = !text.includes(PROMPT) && !text.includes(ROM_NAME) && !text.includes(SOFT_RESET_LINE);
    if (isBare && text.length <= MAX_LINE_BYTES) {
      const to = text.lastIndexOf('\n') + 1;
      if (to <= from) return from;
      this.emitStretch(new PlainStretch(text, from, to, chunkOffset, hostAtMs, this.boot));
      return to;
    }
    let start = from;
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      const byteOffset = chunkOffset + start;
      const byteLength = end + 1 - start;
      if (end - start > MAX_LINE_BYTES) this.bytesLine(bytes.subarray(start, end), byteOffset, hostAtMs);
      else this.text(text.slice(start, end), { byteOffset, hostAtMs, byteLength, garbled: 0 });
      start = end + 1;
    }
    return start;
  }

  private controlledLines(bytes: Buffer, from: number, chunkOffset: number, hostAtMs: number): number {
    let start = from;
    for (let end = bytes.indexOf(LF, start); end >= 0; end = bytes.indexOf(LF, start)) {
      this.bytesLine(bytes.subarray(start, end), chunkOffset + start, hostAtMs);
      start = end + 1;
    }
    return start;
  }

  private bytesLine(bytes: Buffer, byteOffset: number, hostAtMs: number): void {
    this.keep(bytes, byteOffset, hostAtMs);
    this.flushPending({ ends: true });
  }

  private keep(bytes: Buffer, byteOffset: number, hostAtMs: number): void {
    let rest = bytes;
    let restOffset = byteOffset;
    while (this.pendingBytes + rest.length > MAX_LINE_BYTES) {
      const room = characterBoundary(rest, MAX_LINE_BYTES - this.pendingBytes);
      this.append(rest.subarray(0, room), restOffset, hostAtMs);
      this.flushPending({ cut: true });
      rest = rest.subarray(room);
      restOffset += room;
    }
    this.append(rest, restOffset, hostAtMs);
  }

  private append(bytes: Buffer, byteOffset: number, hostAtMs: number): void {
    this.arrivals.push({ byteOffset, hostAtMs });
    // A copy: the driver's buffer is large and would stay alive for the sake of a few bytes.
    this.pending.push(Buffer.from(bytes));
    this.pendingBytes += bytes.length;
  }

  private flushPending({ ends = false, cut = false, truncated = false }): void {
    const raw = Buffer.concat(this.pending);
    const arrivals = this.arrivals;
    this.pending = [];
    this.pendingBytes = 0;
    this.arrivals = [];
    const byteOffset = arrivals[0]?.byteOffset ?? this.received;
    const endBytes = ends ? 1 : 0;
    const mark = cut ? CUT_MARK : '';
    const banner = raw.indexOf(ROM_NAME);
    // Decoding has to look at the bytes before and after the banner apart, so that each keeps its own offset and time.
    if (banner > 0 && ROM_BANNER.test(raw.toString('latin1', banner))) {
      const before = this.place(raw.subarray(0, banner), arrivals, byteOffset);
      this.text(stripTerminalControl(raw.toString('utf8', 0, banner)), before, true);
      const place = this.place(raw.subarray(banner), arrivals, byteOffset + banner, endBytes);
      this.text(stripTerminalControl(raw.toString('utf8', banner)) + mark, place, truncated);
      return;
    }
    const place = this.place(raw, arrivals, byteOffset, endBytes);
    const hostAtMs = arrivalOf(arrivals, byteOffset + behindPrompt(raw));
    this.text(stripTerminalControl(raw.toString('utf8')) + mark, { ...place, hostAtMs }, truncated);
  }

  private place(raw: Buffer, arrivals: readonly Arrival[], byteOffset: number, endBytes = 0): Place {
    const byteLength = raw.length + endBytes;
    return { byteOffset, hostAtMs: arrivalOf(arrivals, byteOffset), byteLength, garbled: garbledBytes(raw) };
  }

  private text(raw: string, place: Place, isTruncated = false): void {
    const banner = raw.indexOf(ROM_NAME);
    if (banner >= 0 && ROM_BANNER.test(raw)) {
      if (banner > 0) {
        this.emit(this.line(raw.slice(0, banner), { ...place, byteLength: banner }, true));
        const { byteOffset, byteLength } = place;
        const rest = {
          ...place,
          byteOffset: byteOffset + banner,
          byteLength: byteLength - banner,
          garbled: 0,
        };
        this.text(raw.slice(banner), rest, isTruncated);
        return;
      }
      this.boot += 1;
    }
    this.emit(this.line(raw, place, isTruncated));
  }

  private line(raw: string, place: Place, isTruncated = false): AssembledLine {
    const { hostAtMs, byteOffset, byteLength, garbled } = place;
    let end = raw.length;
    while (end > 0 && raw.charCodeAt(end - 1) === CR) end -= 1;
    const whole = end === raw.length ? raw : raw.slice(0, end);
    const text = stripPrompts(whole);
    const line = { text, hostAtMs, byteOffset, byteLength, boot: this.boot };
    if (text === whole && !isTruncated && garbled === 0) return line;
    return {
      ...line,
      ...(text === whole ? {} : { withPrompt: whole }),
      ...(isTruncated ? { truncated: true } : {}),
      ...(garbled === 0 ? {} : { garbledBytes: garbled }),
    };
  }
}

/** The largest length up to `atMost` that does not split a UTF-8 character. */
function characterBoundary(bytes: Buffer, atMost: number): number {
  // A character has at most three continuation bytes; more of them are no UTF-8, and are cut anywhere.
  for (let length = atMost; length > atMost - 4 && length > 0; length -= 1) {
    if (((bytes[length] ?? 0) & 0xc0) !== 0x80) return length;
  }
  return atMost;
}

/**
 * Where the text of a line begins, in bytes: a prompt ahead of it was printed when the last command was over, and a log line that
 * lands behind it comes later. 0 without a prompt.
 */
function behindPrompt(raw: Buffer): number {
  const prompt = raw.indexOf(PROMPT);
  if (prompt < 0) return 0;
  const whole = stripTerminalControl(raw.toString('utf8'));
  const text = stripPrompts(whole);
  let begin = prompt;
  const prompts = whole.slice(0, whole.length - text.length).split(PROMPT).length - 1;
  for (let count = 0; count < prompts; count += 1) begin = raw.indexOf(PROMPT, begin) + PROMPT.length;
  if (prompts === 0 || text.trim() === '') return 0;
  // Colours of the prompt end behind it.
  return Math.max(0, raw.indexOf(Buffer.from(text.slice(0, 4)), begin));
}

/** When the byte at `byteOffset` arrived. */
function arrivalOf(arrivals: readonly Arrival[], byteOffset: number): number {
  let hostAtMs = arrivals[0]?.hostAtMs ?? 0;
  for (const arrival of arrivals) {
    if (arrival.byteOffset <= byteOffset) hostAtMs = arrival.hostAtMs;
  }
  return hostAtMs;
}
