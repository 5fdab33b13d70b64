import { BoardError, isHilError } from '../../errors';
import type { Console } from '../../ports';
import { editDistance } from '../dialect/edit-distance';
import { isUntaken } from '../untaken';
import { PROMPT } from './prompt';

/** A REPL echoes each key at once; what a command prints may come later. */
export const ECHO_WITHIN_MS = 2_000;
/** An empty line is answered by the next prompt, at once (device.md section 2.4). */
export const PROBE_WITHIN_MS = 1_000;
/** A prompt that was not seen by then was drawn over, or there is none: the board takes what is typed all the same. */
export const PROMPT_WITHIN_MS = 3_000;
/** So much waits in the board's receive ring while a command is being executed; what is more is lost (device.md section 2.3). */
const RING_BYTES = 256;
/** An echo that differs from what was typed in more than a third of its characters is no echo of it. */
const MOST_WRONG = 1 / 3;

const PROMPT_PATTERN = new RegExp(PROMPT);
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The command without its arguments, which may be a password. */
const commandOf = (text: string): string => JSON.stringify(text.replace(/\s.*$/s, ' …'));

/**
 * `unechoed`: not within two seconds, by a board that echoed before, which was busy and may have lost what was typed; or by one that
 * crashed or restarted over it, which is no fault of the console.
 */
export type Echo = 'echoed' | 'unechoed';

/**
 * Types commands one after the other and looks for the echo of each; one that the receive ring may not hold waits for the prompt behind
 * the command before it. Ahead of the first one an empty line is typed: a prompt that answers it proves that the console reads, and
 * a board that hangs over the command is then no console that does not. Where neither that nor the command is echoed, nothing is read
 * on this connector, as by ESP-IDF's default console on native USB (device.md section 2.4): from then on commands are refused before
 * they are typed.
 */
export class EchoCheck {
  private last: Promise<unknown> = Promise.resolve();
  /** It has answered something that was typed. */
  private isRead = false;
  private isProbed = false;
  private isOutputOnly = false;
  /** First line behind the last command that was typed: a prompt from there on says that it was executed. */
  private behindLast: number | undefined;
  private unreadBytes = 0;

  constructor(
    private readonly name: string,
    private readonly console: Pick<Console, 'send' | 'expect' | 'cursor' | 'lines'>,
    /** How often the board has crashed or restarted so far. Default: its boots, as the console numbers them. */
    private readonly upsets: () => number = () => console.lines.at(-1)?.boot ?? 0,
  ) {}

  /**
   * @throws BoardError `HIL_BOARD_CONSOLE_OUTPUT_ONLY` when the board takes no notice of what is typed; `HIL_BOARD_CONSOLE_GARBLED` when it
   * echoes something alike; what `Console.send` throws.
   */
  send(command: string): Promise<Echo> {
    const sent = this.last.then(() => this.type(command));
    // A failed command must not keep the later ones from being tried; its own caller gets the error.
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /**
   * Types a command in its turn, for one whose own answer shows that it was read: no echo is waited for, and a missing one says
   * nothing of the console.
   * @param onTyping - Called when it is about to leave: what it causes comes later.
   * @throws BoardError `HIL_BOARD_CONSOLE_OUTPUT_ONLY` on a console that is known to read nothing; what `Console.send` throws.
   */
  post(command: string, onTyping: () => void): Promise<void> {
    const sent = this.last.then(async () => {
      if (this.isOutputOnly) throw this.outputOnly(`${commandOf(command)} was not typed`);
      await this.roomFor(Buffer.byteLength(command) + 1);
      this.behindLast = this.console.cursor();
      onTyping();
      await this.put(command, commandOf(command));
    });
    this.last = sent.catch(() => undefined);
    return sent;
  }

  private async type(command: string): Promise<Echo> {
    const text = command.trim();
    if (this.isOutputOnly) throw this.outputOnly(`${commandOf(text)} was not typed`);
    const upsetsBefore = this.upsets();
    if (!this.isProbed && text !== '') await this.probe();
    await this.roomFor(Buffer.byteLength(command) + 1);
    const from = this.console.cursor();
    await this.put(command, commandOf(text));
    this.behindLast = from;
    if (text === '') return 'echoed';
    const echo = await this.lineWith(new RegExp(literally(text)), from, ECHO_WITHIN_MS);
    if (echo !== undefined) {
      this.isRead = true;
      this.unreadBytes = 0;
      // The prompt that it was typed at stands in the line of its echo.
      this.behindLast = echo + 1;
      return 'echoed';
    }
    if (this.upsets() > upsetsBefore) return 'unechoed';
    const wrong = this.wrongInEcho(text, from);
    if (wrong !== undefined) throw this.garbled(text, wrong);
    if (this.isRead) return 'unechoed';
    this.isOutputOnly = true;
    const isSilent = this.console.cursor() === from;
    const hang = isSilent ? ', nor anything else printed: it may hang as well' : '';
    throw this.outputOnly(`${commandOf(text)} was not echoed within ${ECHO_WITHIN_MS} ms${hang}`);
  }

  private async probe(): Promise<void> {
    this.isProbed = true;
    const upsetsBefore = this.upsets();
    // The prompt that stands there ends its line with the echo of the line feed: only one behind it is an answer.
    const behind = this.console.cursor() + 1;
    await this.put('', 'an empty line');
    const answer = await this.lineWith(PROMPT_PATTERN, behind, PROBE_WITHIN_MS);
    // One that begins anew prints its prompt by itself.
    this.isRead = answer !== undefined && this.upsets() === upsetsBefore;
  }

  /** A port that takes nothing for a board that never read anything is one that nothing is read on. */
  private async put(command: string, what: string): Promise<void> {
    try {
      await this.console.send(command);
    } catch (cause) {
      if (this.isRead || !isUntaken(cause)) throw cause;
      this.isOutputOnly = true;
      throw this.outputOnly(`the port did not take ${what}`, cause);
    }
  }

  private async roomFor(bytes: number): Promise<void> {
    const isHeld = this.unreadBytes + bytes <= RING_BYTES;
    if (!isHeld && this.behindLast !== undefined) {
      await this.lineWith(PROMPT_PATTERN, this.behindLast, PROMPT_WITHIN_MS);
      this.unreadBytes = 0;
    }
    this.unreadBytes += bytes;
  }

  /** Index of the first line from here on that matches; undefined when none comes in time. */
  private async lineWith(pattern: RegExp, from: number, withinMs: number): Promise<number | undefined> {
    try {
      return (await this.console.expect(pattern, { withinMs, from })).line.index;
    } catch (cause) {
      if (isHilError(cause) && cause.code === 'HIL_BOARD_CONSOLE_TIMEOUT') return undefined;
      throw cause;
    }
  }

  /** How many characters of an echo are not what was typed; undefined where there is nothing like an echo. */
  private wrongInEcho(text: string, from: number): number | undefined {
    const mostWrong = text.length * MOST_WRONG;
    // Of few characters every line is nearly one.
    if (mostWrong < 1) return undefined;
    return this.console.lines
      .filter((line) => line.index >= from && Math.abs(line.text.length - text.length) <= mostWrong)
      .map((line) => editDistance(line.text, text))
      .find((wrong) => wrong <= mostWrong);
  }

  private garbled(typed: string, wrong: number): BoardError {
    return new BoardError(
      'HIL_BOARD_CONSOLE_GARBLED',
      `Console of ${this.name} echoed ${commandOf(typed)} with ${wrong} of ${typed.length} characters wrong.`,
      { board: this.name, wrong, typedCharacters: typed.length },
    );
  }

  private outputOnly(what: string, cause?: unknown): BoardError {
    return new BoardError(
      'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
      `Console of ${this.name} takes no notice of what is typed on this connector: ${what}.`,
      { board: this.name },
      { cause },
    );
  }
}
