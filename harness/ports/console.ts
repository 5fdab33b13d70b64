import type { Cancel } from './clock';

/** One line of a board's console. */
export interface ConsoleLine {
  /** From 0, over the whole time that the console is open. */
  readonly index: number;
  /** Without NULs, colours, line end and REPL prompts. */
  readonly text: string;
  /** Boots seen so far: a ROM banner each, or the board's clock fallen back where the banner was lost. */
  readonly boot: number;
  /** Arrival of the first byte of its text: a prompt ahead of it may have stood there for long. */
  readonly hostAtMs: number;
  /** Position of the line's first byte in the raw log. */
  readonly byteOffset: number;
  /** The board's own milliseconds since boot, where the line carries them. */
  readonly deviceAtMs?: number;
  /** Cut by a reset or by the end of the stream. */
  readonly truncated?: true;
  /** How many of its bytes are no text: no UTF-8, or control characters that no console prints. Absent: none. */
  readonly garbledBytes?: number;
}

/** What of a stamped line says how the board's clock and the host's relate. */
export type StampedLine = Pick<ConsoleLine, 'boot' | 'hostAtMs' | 'byteOffset'> & {
  readonly deviceAtMs: number;
};

/** The way of a console's bytes: a UART takes its time for each, native USB moves them in frames of 1 ms. */
export type ConsoleLink = { readonly kind: 'uart'; readonly baudRate: number } | { readonly kind: 'usb' };

export interface ConsoleMatch {
  readonly line: ConsoleLine;
  /** The match, then its groups; a group that took no part is undefined. */
  readonly groups: readonly (string | undefined)[];
}

/** A match of one of several patterns. */
export interface ConsoleMatchOfAny extends ConsoleMatch {
  /** Index of the pattern. */
  readonly which: number;
}

export interface ExpectOptions {
  readonly withinMs: number;
  /** First line index that counts. Default: the next line to come. */
  readonly from?: number;
  /** What must not come meanwhile: a line that matches fails the expectation at once. */
  readonly never?: readonly RegExp[];
}

/** A board's serial console: every byte kept with its arrival time, searched as a recording. */
export interface Console {
  readonly lines: readonly ConsoleLine[];
  readonly receivedBytes: number;
  /** Absent where nobody knows. */
  readonly link?: ConsoleLink;
  /** Index of the next line to come; hand it to `expect` to search from here. */
  cursor(): number;
  /**
   * First line from the cursor on that matches anywhere in it; a line that already passed still matches, and so does a
   * line without its end yet (a prompt).
   * @throws BoardError `HIL_BOARD_CONSOLE_TIMEOUT` with pattern, tail and byte count; `HIL_BOARD_CONSOLE_FORBIDDEN`;
   * `HIL_BOARD_PORT_LOST`.
   */
  expect(pattern: RegExp, options: ExpectOptions): Promise<ConsoleMatch>;
  /** First line that matches any of the patterns, by the first of them that does. */
  expectAny(patterns: readonly RegExp[], options: ExpectOptions): Promise<ConsoleMatchOfAny>;
  /** The first line of each pattern, whatever their order; one line may serve several. Matches are in the patterns' order. */
  expectAll(patterns: readonly RegExp[], options: ExpectOptions): Promise<readonly ConsoleMatch[]>;
  /** Each pattern behind the match of the one before it: on a later line, or further on in the same. */
  expectSequence(patterns: readonly RegExp[], options: ExpectOptions): Promise<readonly ConsoleMatch[]>;
  /**
   * Resolves when none of the patterns came for so long.
   * @throws BoardError `HIL_BOARD_CONSOLE_FORBIDDEN` at the first line that matches one; `HIL_BOARD_PORT_LOST`.
   */
  expectNone(
    patterns: readonly RegExp[],
    options: { readonly forMs: number; readonly from?: number },
  ): Promise<void>;
  /** Types a command and a line feed, paced. Resolves when the last byte was handed to the driver. */
  send(command: string): Promise<void>;
  onLine(listener: (line: ConsoleLine) => void): Cancel;
  /** Raw bytes as they arrive, stamped before any other work. */
  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel;
}
