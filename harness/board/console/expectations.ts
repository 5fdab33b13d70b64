import { BoardError } from '../../errors';
import type { Cancel, Clock, ConsoleLine, ConsoleMatch } from '../../ports';

interface Waiting {
  readonly pattern: RegExp;
  readonly from: number;
  readonly resolve: (match: ConsoleMatch) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimeout: Cancel;
}

/** What is armed, and what a timeout tells about it. */
export interface Expectation {
  /** Neither global nor sticky, so that matching keeps no position between lines. */
  readonly pattern: RegExp;
  /** First line index that counts. */
  readonly from: number;
  readonly withinMs: number;
  /** Evidence at the moment of the timeout. */
  readonly evidence: () => {
    readonly console: string;
    readonly tail: string;
    readonly receivedBytes: number;
  };
}

/** The pattern without flags that carry a position from one match to the next. */
export const statelessPattern = (pattern: RegExp): RegExp =>
  pattern.global || pattern.sticky ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')) : pattern;

/** The match of a pattern in a line: in its text, or else in its text with the prompts. */
export function matchLine(
  pattern: RegExp,
  line: ConsoleLine,
  withPrompt: string | undefined,
): ConsoleMatch | undefined {
  const found = pattern.exec(line.text) ?? (withPrompt === undefined ? null : pattern.exec(withPrompt));
  return found === null ? undefined : { line, groups: [...found] };
}

/** Patterns that wait for a line. Each line is tested once against each of them. */
export class Expectations {
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly clock: Clock) {}

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  arm(expectation: Expectation): Promise<ConsoleMatch> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        pattern: expectation.pattern,
        from: expectation.from,
        resolve,
        reject,
        cancelTimeout: this.clock.after(expectation.withinMs, () => {
          this.waiting.delete(waiting);
          reject(timeoutError(expectation));
        }),
      };
      this.waiting.add(waiting);
    });
  }

  offer(line: ConsoleLine, withPrompt: string | undefined): void {
    for (const waiting of this.waiting) {
      if (line.index < waiting.from) continue;
      const match = matchLine(waiting.pattern, line, withPrompt);
      if (match === undefined) continue;
      this.settle(waiting);
      waiting.resolve(match);
    }
  }

  failAll(error: Error): void {
    for (const waiting of this.waiting) {
      this.settle(waiting);
      waiting.reject(error);
    }
  }

  private settle(waiting: Waiting): void {
    this.waiting.delete(waiting);
    waiting.cancelTimeout();
  }
}

function timeoutError({ pattern, withinMs, from, evidence }: Expectation): BoardError {
  const { console, tail, receivedBytes } = evidence();
  const seen =
    receivedBytes === 0 ? 'it never printed a byte' : `it last printed ${JSON.stringify(tail.slice(-80))}`;
  return new BoardError(
    'HIL_BOARD_CONSOLE_TIMEOUT',
    `Console of ${console} printed nothing that matches ${String(pattern)} within ${withinMs} ms; ${seen}.`,
    { board: console, pattern: String(pattern), withinMs, fromLine: from, tail, receivedBytes },
  );
}
