import type { BoardConsole } from './board-console';

export const CTRL_C = 0x03;
const CTRL_B = 0x02;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const CARRIAGE_RETURN = 0x0d;
const DELETE = 0x7f;
const FIRST_PRINTABLE = 0x20;
const PROMPT = '>>> ';

/** MicroPython's friendly REPL (device.md 8) without an interpreter behind it: whatever is entered raises NotImplementedError. */
export class MicroPythonRepl {
  private line: number[] = [];

  /**
   * @param version - Of MicroPython, such as `v1.26.0`.
   * @param softReset - Ctrl-D was typed at an empty prompt.
   */
  constructor(
    private readonly console: BoardConsole,
    private readonly version: string,
    private readonly softReset: () => void,
  ) {}

  /** Prints the banner and the first prompt: the REPL was entered. */
  start(): void {
    this.console.print(
      `MicroPython ${this.version} on 2025-08-09; Generic ESP32S3 module with Octal-SPIRAM with ESP32S3\n` +
        'Type "help()" for more information.\n',
    );
    this.prompt();
  }

  key(byte: number): void {
    const isEmpty = this.line.length === 0;
    if (byte === CARRIAGE_RETURN) this.enter();
    else if (byte === CTRL_C) this.newPrompt();
    else if (byte === CTRL_B && isEmpty) {
      this.console.print('\n');
      this.start();
    } else if (byte === CTRL_D && isEmpty) {
      this.console.print('\n');
      this.softReset();
    } else if (byte === BACKSPACE || byte === DELETE) {
      if (this.line.pop() !== undefined) this.console.raw('\b\x1b[K');
    } else if (byte >= FIRST_PRINTABLE) {
      this.line.push(byte);
      this.console.raw(Buffer.of(byte));
    }
  }

  private enter(): void {
    const isBlank = Buffer.from(this.line).toString().trim() === '';
    if (!isBlank)
      this.console.print(
        '\nTraceback (most recent call last):\n' +
          '  File "<stdin>", line 1, in <module>\n' +
          'NotImplementedError: the virtual board runs no Python',
      );
    this.newPrompt();
  }

  private newPrompt(): void {
    this.console.print('\n');
    this.prompt();
  }

  private prompt(): void {
    this.line = [];
    this.console.print(PROMPT);
  }
}
