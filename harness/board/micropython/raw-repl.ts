import { randomBytes } from 'node:crypto';
import { BoardError, type Closable } from '../../errors';
import { delay, type Clock } from '../../ports';
import type { SerialTransport } from '../serial';
import { readTraceback, type PythonException } from './python-exception';
import { pasteCode } from './raw-paste';
import { ReplInput } from './repl-input';

const CTRL_A = 0x01;
const CTRL_B = 0x02;
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const CTRL_E = 0x05;
const CARRIAGE_RETURN = 0x0d;
const GREETING = 'raw REPL; CTRL-B to exit\r\n>';
/** Ends the line that is typed and interrupts what runs, then asks for raw mode. */
const ENTER = Buffer.of(CARRIAGE_RETURN, CTRL_C, CTRL_C, CARRIAGE_RETURN, CTRL_A);
/** Between two tries: a call to the network blocks, and is interrupted only when it is over. */
const ENTER_EVERY_MS = 250;
/** For the REPL's own answers, which run no code of anybody. */
const ANSWER_WITHIN_MS = 5_000;
/** Plain raw mode has no flow control: so many bytes, then a pause, as MicroPython's own tools do it (device.md section 8). */
const RAW_PART_BYTES = 256;
const RAW_PAUSE_MS = 10;

export interface ReplOptions {
  readonly transport: SerialTransport;
  readonly clock: Clock;
  /** How long the board may take to show its raw prompt; default 15 s. */
  readonly enterWithinMs?: number;
}

export interface ExecuteOptions {
  /** How long the code may run, in ms; default: as long as it likes. */
  readonly withinMs?: number;
  /** Told what the code prints as it prints it. */
  readonly onOutput?: (bytes: Buffer) => void;
}

/** What became of code that ran to its end. */
export interface Execution {
  /** What it printed, lines ended with CR LF as boards do. A byte 0x04 in it cannot be told from its end. */
  readonly output: Buffer;
  /** Absent when it ended without one. */
  readonly exception?: PythonException;
}

/**
 * MicroPython's raw REPL (device.md section 8): whatever ran is interrupted when it is opened, and code is sent in raw-paste mode
 * where the board has it, in plain raw mode else. One piece of code runs at a time.
 */
export class RawRepl implements Closable {
  private readonly input: ReplInput;
  private hasRawPaste = true;

  private constructor(private readonly options: ReplOptions) {
    this.input = new ReplInput(options.transport, options.clock);
  }

  /**
   * Interrupts what runs on the board and enters raw mode.
   * @throws BoardError `HIL_BOARD_REPL_SILENT`, `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
   */
  static async open(options: ReplOptions): Promise<RawRepl> {
    const repl = new RawRepl(options);
    try {
      await repl.enter();
    } catch (cause) {
      await repl.close();
      throw cause;
    }
    return repl;
  }

  /** False once the board has refused raw-paste mode. */
  get usesRawPaste(): boolean {
    return this.hasRawPaste;
  }

  /**
   * Runs code to its end. Code that runs too long is interrupted before the error is thrown.
   * @throws BoardError `HIL_BOARD_SCRIPT_UNSENDABLE`, `HIL_BOARD_SCRIPT_TIMEOUT`, `HIL_BOARD_REPL_SILENT`, `HIL_BOARD_PORT_LOST`,
   *   `HIL_BOARD_PORT_FAILED`.
   */
  async execute(code: string, { withinMs = Infinity, onOutput }: ExecuteOptions = {}): Promise<Execution> {
    await this.send(sendable(code));
    const untilMs = this.options.clock.nowMs() + withinMs;
    const output: Buffer[] = [];
    const error: Buffer[] = [];
    const keep = (bytes: Buffer): void => {
      output.push(bytes);
      onOutput?.(bytes);
    };
    const end = async (endMs: number): Promise<boolean> => {
      isPrinted ||= await this.input.pass(CTRL_D, endMs, keep);
      return isPrinted && this.input.pass(CTRL_D, endMs, (bytes) => void error.push(bytes));
    };
    let isPrinted = false;
    if (!(await end(untilMs))) {
      await this.interrupt();
      const isInterrupted =
        (await end(this.answerUntilMs())) && (await this.input.seek('>', this.answerUntilMs()));
      throw this.late(withinMs, Buffer.concat(output), isInterrupted);
    }
    if (!(await this.input.seek('>', this.answerUntilMs()))) throw this.silent('show its raw prompt again');
    const text = Buffer.concat(error).toString();
    const exception = text === '' ? undefined : (readTraceback(text) ?? unreadable(text));
    return { output: Buffer.concat(output), ...(exception === undefined ? {} : { exception }) };
  }

  /** Raises KeyboardInterrupt in what runs; resolves when the board was told. */
  interrupt(): Promise<void> {
    return this.write(CTRL_C);
  }

  /**
   * Starts the interpreter anew and stays in raw mode: `boot.py` runs, `main.py` does not.
   * @throws BoardError `HIL_BOARD_REPL_SILENT`, `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
   */
  async softReset(): Promise<void> {
    await this.write(CTRL_D);
    if (!(await this.input.seek('soft reboot\r\n', this.answerUntilMs())))
      throw this.silent('start its interpreter anew');
    if (!(await this.input.seek(GREETING, this.enterUntilMs())))
      throw this.silent('show its raw prompt again');
  }

  /**
   * Goes back to the prompt that people type at.
   * @throws BoardError `HIL_BOARD_REPL_SILENT`, `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
   */
  async leave(): Promise<void> {
    await this.write(CTRL_B);
    if (!(await this.input.seek('>>> ', this.answerUntilMs()))) throw this.silent('leave its raw REPL');
  }

  /**
   * Leaves raw mode and starts the interpreter anew, `main.py` included; resolves when that was begun.
   * @throws BoardError `HIL_BOARD_REPL_SILENT`, `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
   */
  async restart(): Promise<void> {
    await this.leave();
    await this.write(CTRL_D);
    if (!(await this.input.seek('soft reboot\r\n', this.answerUntilMs())))
      throw this.silent('start its interpreter anew');
  }

  /** Reads no further. The port stays open, and the board in the mode it is in. */
  close(): Promise<void> {
    return this.input.close();
  }

  private async enter(): Promise<void> {
    const { clock, transport } = this.options;
    const untilMs = this.enterUntilMs();
    do {
      await transport.write(ENTER);
      if (!(await this.input.seek(GREETING, Math.min(untilMs, clock.nowMs() + ENTER_EVERY_MS)))) continue;
      // Each try is greeted, and more may be on their way: behind what this prints, nothing of them is.
      const word = `earshot-${randomBytes(6).toString('hex')}`;
      await transport.write(Buffer.from(`print('${word}')\x04`));
      if (await this.input.seek(`${word}\r\n\x04\x04>`, this.answerUntilMs())) return;
    } while (clock.nowMs() < untilMs);
    throw this.silent('enter its raw REPL');
  }

  private async send(code: Buffer): Promise<void> {
    const { transport, clock } = this.options;
    if (this.hasRawPaste) {
      const outcome = await pasteCode(transport, this.input, code, this.answerUntilMs());
      if (outcome === 'taken') return;
      if (outcome === 'silent') throw this.silent('take code in raw-paste mode');
      this.hasRawPaste = false;
    }
    // Nothing at all asks for a soft reset.
    const line = code.length === 0 ? Buffer.from('\n') : code;
    for (let at = 0; at < line.length; at += RAW_PART_BYTES) {
      if (at > 0) await delay(clock, RAW_PAUSE_MS);
      await transport.write(line.subarray(at, at + RAW_PART_BYTES));
    }
    await this.write(CTRL_D);
    if (!(await this.input.seek('OK', this.answerUntilMs()))) throw this.silent('take code in raw mode');
  }

  private late(withinMs: number, output: Buffer, isInterrupted: boolean): BoardError {
    const { path } = this.options.transport;
    const seen = output.length === 0 ? 'printed nothing' : `last printed ${lastLine(output.toString())}`;
    const then = isInterrupted ? 'it was interrupted' : 'it could not be interrupted';
    return new BoardError(
      'HIL_BOARD_SCRIPT_TIMEOUT',
      `The script on ${path} did not end within ${withinMs} ms and ${seen}; ${then}.`,
      { port: path, withinMs, outputBytes: output.length, isInterrupted },
    );
  }

  private write(byte: number): Promise<void> {
    return this.options.transport.write(Buffer.of(byte));
  }

  private answerUntilMs(): number {
    return this.options.clock.nowMs() + ANSWER_WITHIN_MS;
  }

  private enterUntilMs(): number {
    const { clock, enterWithinMs = 15_000 } = this.options;
    return clock.nowMs() + enterWithinMs;
  }

  private silent(what: string): BoardError {
    const { path } = this.options.transport;
    const { tail } = this.input;
    const seen = tail === '' ? 'printed nothing' : `last printed ${lastLine(tail)}`;
    return new BoardError('HIL_BOARD_REPL_SILENT', `The board on ${path} did not ${what}; it ${seen}.`, {
      port: path,
      tail,
    });
  }
}

const lastLine = (text: string): string =>
  JSON.stringify(
    text
      .trimEnd()
      .split(/[\r\n]+/)
      .at(-1),
  );

/** What cannot be told from a traceback's parts is shown whole. */
const unreadable = (text: string): PythonException => ({
  type: 'Exception',
  message: text.trim(),
  frames: [],
});

/** Code as bytes. Control bytes belong to the REPL; as escapes of a string they may stand in any code. */
function sendable(code: string): Buffer {
  const bytes = Buffer.from(code);
  // No byte of a longer character of UTF-8 is as small.
  const at = bytes.findIndex((byte) => byte >= CTRL_A && byte <= CTRL_E);
  const byte = bytes[at];
  if (byte === undefined) return bytes;
  throw new BoardError(
    'HIL_BOARD_SCRIPT_UNSENDABLE',
    `The script holds the control byte 0x0${byte} at its byte ${at + 1}, which the REPL takes for its own.`,
    { byte, at },
  );
}
