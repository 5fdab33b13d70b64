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

export interface ExpectOptions {
  readonly withinMs: number;
  /** First line index that counts. Default: the next line to come. */
  readonly from?: number;
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
   * @throws BoardError `HIL_BOARD_CONSOLE_TIMEOUT` with pattern, tail and byte count; `HIL_BOARD_PORT_LOST`.
   */
  expect(pattern: RegExp, options: ExpectOptions): Promise<ConsoleMatch>;
  /** Types a command and a line feed, paced. Resolves when the last byte was handed to the driver. */
  send(command: string): Promise<void>;
  onLine(listener: (line: ConsoleLine) => void): Cancel;
  /** Raw bytes as they arrive, stamped before any other work. */
  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel;
}
