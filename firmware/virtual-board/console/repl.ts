import { splitArgv } from './argv';
import type { BoardConsole } from './board-console';

/** Results of a command: esp_err_t values that a command here can return. */
const espErrors = { ESP_OK: 0, ESP_ERR_INVALID_ARG: 0x102, ESP_ERR_INVALID_STATE: 0x103 } as const;
export type EspError = keyof typeof espErrors;

/** One console command. `run` calls `done` exactly once; until then no input is read. */
export interface ReplCommand {
  readonly name: string;
  readonly hint?: string;
  readonly help: string;
  run(argv: readonly string[], done: (result: EspError) => void): void;
}

const PROMPT = 'esp> ';
const LINE_LIMIT_BYTES = 1024;
/** Receive ring of the UART driver: what is typed while a command runs, the rest is lost. */
const RX_RING_BYTES = 256;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
const FIRST_PRINTABLE = 0x20;

// The strings of esp_console end in \r\n, which the UART's line-end translation turns into CR CR LF.
const startUpText = [
  '',
  "Type 'help' to get the list of commands.",
  'Use UP/DOWN arrows to navigate through command history.',
  'Press TAB when typing command name to auto-complete.',
  '',
  'Your terminal application does not support escape sequences.',
  '',
  'Line editing and history features are disabled.',
  '',
  'On Windows, try using Putty instead.',
]
  .map((line) => `${line}\r\n`)
  .join('');

/** esp_console's REPL over linenoise in dumb mode: echo, erase, one command a line, and a prompt when it is done. */
export class Repl {
  private line: number[] = [];
  private waiting: number[] = [];
  private busy = true;

  constructor(
    private readonly console: BoardConsole,
    private readonly commands: readonly ReplCommand[],
  ) {}

  /** Prints the start-up text and the first prompt. */
  start(): void {
    this.console.print(startUpText);
    this.prompt();
  }

  /** Takes typed bytes, however they were split. */
  input(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (!this.busy) this.key(byte);
      else if (this.waiting.length < RX_RING_BYTES) this.waiting.push(byte);
    }
  }

  private prompt(): void {
    this.busy = false;
    this.console.print(PROMPT);
    const typed = this.waiting;
    this.waiting = [];
    this.input(Uint8Array.from(typed));
  }

  private key(byte: number): void {
    if (byte === 0x0a || byte === 0x0d) {
      this.enter();
    } else if (byte === BACKSPACE || byte === DELETE) {
      if (this.line.pop() !== undefined) this.console.raw('\b \b');
    } else if (byte >= FIRST_PRINTABLE) {
      this.line.push(byte);
      this.console.raw(Buffer.of(byte));
      if (this.line.length >= LINE_LIMIT_BYTES) this.enter();
    }
  }

  private enter(): void {
    const argv = splitArgv(Buffer.from(this.line).toString());
    this.line = [];
    this.busy = true;
    this.console.print('\n');
    const name = argv[0];
    if (name === undefined) {
      this.prompt();
    } else if (name === 'help') {
      this.help();
      this.prompt();
    } else {
      this.run(name, argv);
    }
  }

  private run(name: string, argv: readonly string[]): void {
    const command = this.commands.find((candidate) => candidate.name === name);
    if (command === undefined) {
      this.console.print('Unrecognized command\n');
      this.prompt();
      return;
    }
    command.run(argv, (result) => {
      const code = espErrors[result];
      if (code !== 0)
        this.console.print(`Command returned non-zero error code: 0x${code.toString(16)} (${result})\n`);
      this.prompt();
    });
  }

  private help(): void {
    const own = { name: 'help', help: 'Print the list of registered commands' };
    for (const { name, hint, help } of [...this.commands, own] as readonly (typeof own & { hint?: string })[])
      this.console.print(`${name}  ${hint ?? ''}\r\n  ${help}\r\n\r\n`);
  }
}
