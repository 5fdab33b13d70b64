import { BoardError } from '../../errors';
import type { Cancel, Clock, ConsoleLine } from '../../ports';
import type { Condition } from './conditions';
import { garbledConsole, type ByteCount } from './garbled-console';
import { LineFilter } from './line-filter';
import { matchLine } from './match-line';
import type { PlainStretch } from './plain-stretch';

/** What a failure tells about the console at its moment. */
export interface ConsoleEvidence {
  readonly console: string;
  readonly tail: string;
  readonly receivedBytes: number;
  /** How many of the bytes are no text. */
  readonly garbledBytes: number;
  /** The bytes among which it was looked for. */
  readonly awaited: ByteCount;
}

/** What is armed. Patterns are neither global nor sticky, so that matching keeps no position between lines. */
export interface Expectation<Met> {
  readonly condition: Condition<Met>;
  /** What fails it at once. */
  readonly never: readonly RegExp[];
  /** First line index that counts. */
  readonly from: number;
  readonly withinMs: number;
  /** What it comes to when its time is over; absent: that is a failure. */
  readonly afterwards?: Met;
  /** Something was lost of what it searches: what it then does not find may have come all the same. */
  readonly doubt: Error | undefined;
  readonly evidence: () => ConsoleEvidence;
}

/** A line and its text with the prompts, where it had any. */
export type OfferedLine = readonly [line: ConsoleLine, withPrompt: string | undefined];

interface Waiting {
  readonly from: number;
  readonly patterns: readonly RegExp[];
  /** Whether the line settled it. */
  offer(line: ConsoleLine, withPrompt: string | undefined): boolean;
  fail(error: Error): void;
  doubt(error: Error): void;
}

/** Patterns that wait for a line. Each line is tried once against each of them, if it can match any. */
export class Expectations {
  private readonly waiting = new Set<Waiting>();
  private readonly filter = new LineFilter();

  constructor(private readonly clock: Clock) {}

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /**
   * Waits for a condition, in what is recorded first.
   * @param failure - What ended the console, when nothing more will come.
   */
  arm<Met>(
    expectation: Expectation<Met>,
    recorded: Iterable<OfferedLine>,
    failure: Error | undefined,
  ): Promise<Met> {
    const { condition, never, from, withinMs } = expectation;
    return new Promise((resolve, reject) => {
      let cancelTimeout: Cancel = () => undefined;
      let { doubt } = expectation;
      const waiting: Waiting = {
        from,
        patterns: [...condition.patterns, ...never],
        offer: (line, withPrompt) => {
          const forbidden = never.find((pattern) => matchLine(pattern, line, withPrompt) !== undefined);
          const met = forbidden === undefined ? condition.offer(line, withPrompt) : undefined;
          if (forbidden !== undefined) reject(forbiddenError(expectation, forbidden, line));
          else if (met === undefined) return false;
          else resolve(met);
          cancelTimeout();
          return true;
        },
        fail: (error) => {
          cancelTimeout();
          reject(error);
        },
        doubt: (error) => {
          doubt ??= error;
        },
      };
      for (const [line, withPrompt] of recorded) if (waiting.offer(line, withPrompt)) return;
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      this.add(waiting);
      cancelTimeout = this.clock.after(withinMs, () => {
        this.remove(waiting);
        if (doubt !== undefined) reject(doubt);
        else if (expectation.afterwards === undefined) reject(timeoutError(expectation));
        else resolve(expectation.afterwards);
      });
    });
  }

  /** Whether any line of the stretch may be one that is waited for. */
  mayMatch({ text, from, to }: PlainStretch): boolean {
    return this.waiting.size > 0 && (this.filter.needsTrial || this.filter.mayMatch(text, from, to));
  }

  offer(line: ConsoleLine, withPrompt: string | undefined): void {
    if (this.waiting.size === 0) return;
    if (!this.filter.needsTrial && !this.filter.mayMatch(withPrompt ?? line.text)) return;
    for (const waiting of this.waiting)
      if (line.index >= waiting.from && waiting.offer(line, withPrompt)) this.remove(waiting);
  }

  failAll(error: Error): void {
    for (const waiting of this.waiting) {
      this.remove(waiting);
      waiting.fail(error);
    }
  }

  /** Something of what comes was lost: whoever waits finds out when nothing came. */
  doubt(error: Error): void {
    for (const waiting of this.waiting) waiting.doubt(error);
  }

  private add(waiting: Waiting): void {
    this.waiting.add(waiting);
    for (const pattern of waiting.patterns) this.filter.add(pattern);
  }

  private remove(waiting: Waiting): void {
    this.waiting.delete(waiting);
    for (const pattern of waiting.patterns) this.filter.remove(pattern);
  }
}

function forbiddenError(
  { evidence, from }: Expectation<unknown>,
  pattern: RegExp,
  line: ConsoleLine,
): BoardError {
  const { console, tail } = evidence();
  return new BoardError(
    'HIL_BOARD_CONSOLE_FORBIDDEN',
    `Console of ${console} printed ${JSON.stringify(line.text.slice(0, 200))}, which matches ${String(pattern)} and must not come.`,
    {
      board: console,
      pattern: String(pattern),
      line: line.text,
      lineIndex: line.index,
      fromLine: from,
      tail,
    },
  );
}

function timeoutError({ condition, withinMs, from, evidence }: Expectation<unknown>): BoardError {
  const { console, tail, receivedBytes, garbledBytes, awaited } = evidence();
  // What cannot be read says nothing of the board.
  const unreadable = garbledConsole(console, awaited);
  if (unreadable !== undefined) return unreadable;
  const seen =
    receivedBytes === 0 ? 'it never printed a byte' : `it last printed ${JSON.stringify(tail.slice(-80))}`;
  const garbled = garbledBytes > 0 ? `; ${garbledBytes} of its ${receivedBytes} bytes are no text` : '';
  const pattern = condition.patterns.map(String).join(', ');
  return new BoardError(
    'HIL_BOARD_CONSOLE_TIMEOUT',
    `Console of ${console} printed ${condition.missing()} within ${withinMs} ms; ${seen}${garbled}.`,
    { board: console, pattern, withinMs, fromLine: from, tail, receivedBytes, garbledBytes },
  );
}
