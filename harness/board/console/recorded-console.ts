import type {
  Cancel,
  Clock,
  Console,
  ConsoleLine,
  ConsoleLink,
  ConsoleMatch,
  ConsoleMatchOfAny,
  ExpectOptions,
} from '../../ports';
import { BootCounter } from './boot-counter';
import { CURSOR_ANSWER, CursorQueryScanner } from './cursor-query';
import { allOf, anyOf, inOrder, nothing, one, type Condition } from './conditions';
import { Expectations, type ConsoleEvidence, type OfferedLine } from './expectations';
import type { ByteCount } from './garbled-console';
import { LineAssembler, type AssembledLine } from './line-assembler';
import type { PlainStretch } from './plain-stretch';
import { LineStore } from './line-store';
import { gapError } from './gap-error';
import { statelessPattern } from './match-line';
import { PacedWriter, type WriteBytes } from './paced-writer';

/** Silence after which a line without its end counts as text to match, as in idf_monitor. */
export const PARTIAL_QUIET_MS = 100;
const TAIL_CHARACTERS = 200;
const DEFAULT_KEEP_LINES = 200_000;
/** A stream of garbage has lines of 16 KiB, and 200 000 of those would end the host. */
const DEFAULT_KEEP_CHARACTERS = 64 << 20;

/** A port that comes and goes all night; whoever waits began to behind the latest of them. */
const MOST_GAPS = 1_000;

export interface RecordedConsoleOptions {
  /** Name of the board, for error messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly write: WriteBytes;
  readonly baudRate: number;
  /** Default: a UART of this baud rate. */
  readonly link?: ConsoleLink;
  /** How many lines stay in memory. Default: 200 000. */
  readonly keepLines?: number;
  /** How much text stays in memory. Default: 64 Mi characters. */
  readonly keepCharacters?: number;
}

/** A time in which the port was away: what the board printed meanwhile is lost. */
export interface ConsoleGap {
  readonly awaySinceHostMs: number;
  readonly hostAtMs: number;
  readonly reason: string;
}

/**
 * A console that is searched as a recording. Whoever owns the port hands it every byte by `receive`. No
 * `@serialport/parser-readline` below it: that parser gives out whole lines only, and a prompt never ends its line.
 */
export class RecordedConsole implements Console {
  private readonly store: LineStore;
  private readonly assembler = new LineAssembler(
    (line) => this.addLine(line),
    (stretch) => this.addStretch(stretch),
  );
  private readonly boots = new BootCounter();
  private readonly queries = new CursorQueryScanner();
  private readonly expectations: Expectations;
  private readonly writer: PacedWriter;
  private readonly lineListeners = new Set<(line: ConsoleLine) => void>();
  private readonly byteListeners = new Set<(bytes: Buffer, hostAtMs: number) => void>();
  private lastByteAtMs = 0;
  private garbled = 0;
  private cancelPartialTimer: Cancel | undefined;
  private failure: Error | undefined;
  /** With the first line behind each. */
  private readonly gaps: { readonly firstLine: number; readonly error: Error }[] = [];

  constructor(private readonly options: RecordedConsoleOptions) {
    this.store = new LineStore(
      options.keepLines ?? DEFAULT_KEEP_LINES,
      options.keepCharacters ?? DEFAULT_KEEP_CHARACTERS,
      this.boots,
    );
    this.expectations = new Expectations(options.clock);
    this.writer = new PacedWriter(options.write, options.clock, options.baudRate);
  }

  get lines(): readonly ConsoleLine[] {
    return this.store.lines;
  }

  get link(): ConsoleLink {
    return this.options.link ?? { kind: 'uart', baudRate: this.options.baudRate };
  }

  get receivedBytes(): number {
    return this.assembler.receivedBytes;
  }

  /** How many of the bytes are no text; those of an unfinished line are not counted yet. */
  get garbledBytes(): number {
    return this.garbled;
  }

  /** What came from a line on, the unfinished one included. */
  bytesFrom(lineIndex: number): ByteCount {
    let first: number | undefined;
    let garbled = this.assembler.partialGarbledBytes;
    for (const line of this.store.from(lineIndex)) {
      first ??= line.byteOffset;
      garbled += line.garbledBytes ?? 0;
    }
    first ??= this.receivedBytes - this.assembler.partialBytes;
    return { receivedBytes: this.receivedBytes - first, garbledBytes: garbled };
  }

  cursor(): number {
    return this.store.nextIndex;
  }

  /** The last 200 characters, the unfinished line included. */
  tail(): string {
    return this.store.tail(TAIL_CHARACTERS, this.assembler.partial()?.text ?? '');
  }

  expect(pattern: RegExp, options: ExpectOptions): Promise<ConsoleMatch> {
    return this.arm(one(statelessPattern(pattern)), options);
  }

  expectAny(patterns: readonly RegExp[], options: ExpectOptions): Promise<ConsoleMatchOfAny> {
    return this.arm(anyOf(patterns.map(statelessPattern)), options);
  }

  expectAll(patterns: readonly RegExp[], options: ExpectOptions): Promise<readonly ConsoleMatch[]> {
    return this.arm(allOf(patterns.map(statelessPattern)), options);
  }

  expectSequence(patterns: readonly RegExp[], options: ExpectOptions): Promise<readonly ConsoleMatch[]> {
    return this.arm(inOrder(patterns.map(statelessPattern)), options);
  }

  async expectNone(
    patterns: readonly RegExp[],
    { forMs, from }: { readonly forMs: number; readonly from?: number },
  ): Promise<void> {
    const options = { withinMs: forMs, never: patterns, ...(from !== undefined && { from }) };
    await this.arm(nothing, options, 'none came');
  }

  send(command: string): Promise<void> {
    return this.failure === undefined ? this.writer.send(command) : Promise.reject(this.failure);
  }

  onLine(listener: (line: ConsoleLine) => void): Cancel {
    this.lineListeners.add(listener);
    return () => void this.lineListeners.delete(listener);
  }

  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel {
    this.byteListeners.add(listener);
    return () => void this.byteListeners.delete(listener);
  }

  /** Takes bytes off the port with the instant at which they were in hand. */
  receive(bytes: Buffer, hostAtMs: number): void {
    this.lastByteAtMs = hostAtMs;
    for (const listener of this.byteListeners) listener(bytes, hostAtMs);
    this.answerQueries(this.queries.push(bytes));
    this.assembler.push(bytes, hostAtMs);
    this.watchPartial();
  }

  /**
   * The port was away: an unfinished line comes out as truncated, and nothing is glued to it. Whoever waits goes on waiting; what does
   * not come proves nothing any more, so a wait that spans the gap fails by it when its time is over.
   */
  markGap(gap: ConsoleGap): void {
    this.assembler.end();
    const error = gapError(this.options.name, gap);
    this.gaps.push({ firstLine: this.cursor(), error });
    if (this.gaps.length > MOST_GAPS) this.gaps.shift();
    this.expectations.doubt(error);
  }

  /** The stream is over: the unfinished line comes out as truncated, and whatever waits fails with this error. */
  end(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.cancelPartialTimer?.();
    this.assembler.end();
    this.expectations.failAll(error);
  }

  private arm<Met>(
    condition: Condition<Met>,
    { withinMs, from = this.cursor(), never = [] }: ExpectOptions,
    afterwards?: Met,
  ): Promise<Met> {
    const expectation = {
      condition,
      never: never.map(statelessPattern),
      from,
      withinMs,
      doubt: this.gaps.find(({ firstLine }) => from < firstLine)?.error,
      evidence: () => this.evidence(from),
      ...(afterwards !== undefined && { afterwards }),
    };
    const expected = this.expectations.arm(expectation, this.recorded(from), this.failure);
    this.watchPartial();
    return expected;
  }

  private *recorded(from: number): Generator<OfferedLine> {
    for (const line of this.store.from(from)) yield [line, this.store.withPrompt(line)];
  }

  private evidence(from: number): ConsoleEvidence {
    const { receivedBytes, garbledBytes } = this;
    const awaited = this.bytesFrom(from);
    return { console: this.options.name, tail: this.tail(), receivedBytes, garbledBytes, awaited };
  }

  private addLine(assembled: AssembledLine): void {
    this.garbled += assembled.garbledBytes ?? 0;
    const line = this.store.add(assembled);
    this.expectations.offer(line, assembled.withPrompt);
    for (const listener of this.lineListeners) listener(line);
  }

  private addStretch(stretch: PlainStretch): void {
    const isAsked = this.lineListeners.size > 0 || this.expectations.mayMatch(stretch);
    if (!isAsked) this.store.addStretch(stretch);
    else for (const line of stretch.lines()) this.addLine(line);
  }

  private answerQueries(count: number): void {
    for (let answered = 0; answered < count; answered += 1) {
      // A port that cannot be written to reports that itself; the query stays open, as it would with nobody there.
      this.options.write(CURSOR_ANSWER).catch(() => undefined);
    }
  }

  // One timer at most, armed only while somebody waits: a busy stream must not pay for it on every chunk.
  private watchPartial(): void {
    if (this.cancelPartialTimer !== undefined || this.failure !== undefined || this.expectations.isEmpty)
      return;
    if (!this.assembler.hasPartial) return;
    const quietForMs = this.options.clock.nowMs() - this.lastByteAtMs;
    this.cancelPartialTimer = this.options.clock.after(Math.max(0, PARTIAL_QUIET_MS - quietForMs), () => {
      this.cancelPartialTimer = undefined;
      const isQuiet = this.options.clock.nowMs() - this.lastByteAtMs >= PARTIAL_QUIET_MS - 1;
      if (isQuiet) this.offerPartial();
      else this.watchPartial();
    });
  }

  private offerPartial(): void {
    const partial = this.assembler.partial();
    if (partial === undefined) return;
    const { withPrompt, text, hostAtMs, byteOffset } = partial;
    const boot = this.boots.at(partial.boot);
    this.expectations.offer({ index: this.store.nextIndex, text, boot, hostAtMs, byteOffset }, withPrompt);
  }
}
