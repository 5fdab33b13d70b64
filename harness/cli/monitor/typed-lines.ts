import { isHilError } from '../../errors';
import type { Clock, Console } from '../../ports';

/** A console that reads answers each key at once; what a command prints may come later. */
const ECHO_WITHIN_MS = 2_000;

/** A line that was typed, and why it did not reach the board; undefined: the board echoed it. */
export interface TypedLine {
  readonly text: string;
  readonly refused?: string;
}

/**
 * Sends typed lines one after the other, each with its echo checked. A board that does not echo the first one reads nothing on this
 * connector, as ESP-IDF's default console on native USB (device.md section 2.4): from then on lines are refused.
 */
export class TypedLines {
  private isOutputOnly = false;
  private last: Promise<unknown> = Promise.resolve();
  private hasEchoed = false;

  constructor(
    private readonly console: Pick<Console, 'send' | 'expect' | 'cursor'>,
    private readonly clock: Clock,
    private readonly tell: (typed: TypedLine & { readonly hostAtMs: number }) => void,
  ) {}

  /** Resolves when the line was told of; a port that is lost is told by whoever owns it. */
  send(text: string): Promise<void> {
    const sent = this.last.then(async () => {
      const refused = await this.trySend(text);
      this.tell({ text, hostAtMs: this.clock.nowMs(), ...(refused === undefined ? {} : { refused }) });
    });
    this.last = sent;
    return sent;
  }

  private async trySend(text: string): Promise<string | undefined> {
    if (this.isOutputOnly)
      return 'not sent: the console is output-only on this connector; use the UART connector, or build with CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG';
    const from = this.console.cursor();
    try {
      await this.console.send(text);
      if (text.trim() === '') return undefined;
      await this.console.expect(new RegExp(literally(text.trim())), { withinMs: ECHO_WITHIN_MS, from });
      this.hasEchoed = true;
      return undefined;
    } catch (cause) {
      if (!isHilError(cause)) throw cause;
      if (cause.code !== 'HIL_BOARD_CONSOLE_TIMEOUT') return `not sent: ${cause.message}`;
      // A REPL that echoed before is busy with a command, and may have lost what was typed meanwhile.
      if (this.hasEchoed)
        return `not echoed within ${ECHO_WITHIN_MS} ms: the board was busy, and may have lost it`;
      this.isOutputOnly = true;
      return `not echoed within ${ECHO_WITHIN_MS} ms: the console seems to be output-only on this connector, so nothing more is sent`;
    }
  }
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
