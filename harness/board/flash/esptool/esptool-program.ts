import { spawn } from 'node:child_process';
import { toolFailedError, toolMissingError } from '../flash-errors';
import { failureIn } from './esptool-output';

/** How version 5 calls itself, and version 4. */
export const ESPTOOL_PROGRAMS = ['esptool', 'esptool.py'] as const;

/** From here on options and commands are spelt with hyphens; before, with underscores. */
const HYPHENS_SINCE = 5;
const STDERR_LIMIT = 2000;
const OUTPUT_LIMIT = 64 * 1024;
/** What separates pieces of output: lines, progress that is drawn over itself, and the movements of the cursor between. */
// eslint-disable-next-line no-control-regex
const PIECE_ENDS = /[\r\n]|\x1b\[[0-9;]*[A-Za-z]/;

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An installed esptool. It is a program of its own under the GPL: it is started, and nothing of it is taken. */
export class EsptoolProgram {
  private constructor(
    private readonly command: string,
    private readonly version: string,
    private readonly stopped: Promise<never>,
  ) {}

  /**
   * The first of the names that is installed.
   * @throws BoardError `HIL_FLASH_TOOL_MISSING` when none of them is; `HIL_FLASH_TOOL_FAILED` when it does not tell its version.
   */
  static async find(names: readonly string[], stopped: Promise<never>): Promise<EsptoolProgram> {
    for (const name of names) {
      const ended = await runProgram(name, ['version'], stopped);
      if (ended === undefined) continue;
      const version = /\bv(\d+\.\d[\w.-]*)/.exec(ended.stdout)?.[1];
      if (ended.exitCode !== 0 || version === undefined)
        throw toolFailedError('telling its version', endOf(name, ended));
      return new EsptoolProgram(name, version, stopped);
    }
    throw toolMissingError(names);
  }

  /** `esptool v5.3.1`. */
  get name(): string {
    return `esptool v${this.version}`;
  }

  /**
   * Runs a command to its end.
   * @param args - As version 5 spells them; they are handed on as they are, by no shell.
   * @param onPiece - Gets each line of its output, and each state of what is drawn over itself.
   * @returns What it printed.
   * @throws BoardError `HIL_FLASH_TOOL_FAILED`; what `stopped` rejects with, once the program is gone.
   */
  async run(
    what: string,
    args: readonly string[],
    onPiece: (text: string) => void = () => undefined,
  ): Promise<string> {
    const spelt = Number.parseInt(this.version, 10) >= HYPHENS_SINCE ? args : args.map(withUnderscores);
    const ended = await runProgram(this.command, spelt, this.stopped, onPiece);
    if (ended === undefined) throw toolMissingError([this.command]);
    if (ended.exitCode !== 0) throw toolFailedError(what, endOf(this.name, ended));
    return ended.stdout;
  }
}

/** Every word with a hyphen that is said to it. */
const hyphenated: readonly string[] = [
  'read-flash',
  'write-flash',
  'default-reset',
  'hard-reset',
  '--flash-mode',
  '--flash-freq',
  '--flash-size',
];
const withUnderscores = (argument: string): string =>
  hyphenated.includes(argument) ? argument.replace(/\b-/g, '_') : argument;

const endOf = (program: string, { exitCode, stdout, stderr }: Ended) => ({
  program,
  exitCode,
  why: failureIn(stdout, stderr),
  stderr: stderr.slice(-STDERR_LIMIT),
});

/** Undefined: there is no such program. */
function runProgram(
  command: string,
  args: readonly string[],
  stopped: Promise<never>,
  onPiece: (text: string) => void = () => undefined,
): Promise<Ended | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let interruption: Error | undefined;
    // It is asked to end, and waited for: until then it holds the port.
    stopped.catch((reason: unknown) => {
      interruption = reason instanceof Error ? reason : new Error(String(reason));
      child.kill('SIGTERM');
    });
    let [stdout, stderr, piece] = ['', '', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT);
      const pieces = (piece + text).split(PIECE_ENDS);
      piece = pieces.pop() ?? '';
      for (const one of pieces) onPiece(one);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_LIMIT);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.on('close', (exitCode) => {
      if (piece !== '') onPiece(piece);
      if (interruption === undefined) resolve({ exitCode, stdout, stderr });
      else reject(interruption);
    });
  });
}
