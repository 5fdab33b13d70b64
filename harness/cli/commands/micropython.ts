import { readFileSync } from 'node:fs';
import { basename, posix } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { leaseKeyOf, takeLease } from '../../bench';
import { findPort, openSerialPort } from '../../board';
import { describeException, RawRepl, uploadFile, type PythonException } from '../../board/micropython';
import { parseDuration } from '../../config';
import { closeAll, ConfigError, type Closable } from '../../errors';
import { systemClock, type Cancel, type Clock } from '../../ports';
import { exitCodes } from '../exit-codes';
import { portChoiceOf } from '../port-argument';

interface PortArguments {
  readonly port: string;
  readonly baudRate: number;
  readonly json: boolean;
}

export interface PutArguments extends PortArguments {
  readonly files: readonly string[];
  /** On the board. */
  readonly folder: string;
  /** On the board, for a single file; undefined: its name, in the folder. */
  readonly path: string | undefined;
}

export interface RunArguments extends PortArguments {
  /** Standard input when undefined or `-`. */
  readonly script: string | undefined;
  /** A duration such as `30s`; undefined: no limit. */
  readonly timeout: string | undefined;
}

/** Where words are printed, scripts are typed, and Ctrl-C comes from. */
export interface ReplTerminal {
  readonly input: AsyncIterable<Uint8Array>;
  print(text: string): void;
  complain(text: string): void;
  /** Calls back at each Ctrl-C. */
  onInterrupt(listener: () => void): Cancel;
}

const processTerminal: ReplTerminal = {
  input: process.stdin,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => void process.removeListener('SIGINT', listener);
  },
};

/** Puts files on the board, each checked by its SHA-256 there. */
export async function putCommand(
  { files, folder, path, json, ...board }: PutArguments,
  terminal = processTerminal,
  clock: Clock = systemClock,
): Promise<number> {
  if (path !== undefined && files.length > 1)
    throw new ConfigError('HIL_CONFIG_USAGE', '--as is for one file; name the folder of several with --to.');
  const uploads = files.map((file) => ({
    path: path ?? posix.join('/', folder, basename(file)),
    bytes: contentOf(file),
  }));
  return withRepl(board, clock, async (repl, port) => {
    const done = [];
    for (const upload of uploads) {
      const outcome = await uploadFile(repl, upload);
      done.push(outcome);
      const how = outcome.isWritten ? 'written' : 'unchanged';
      if (!json)
        terminal.print(`${outcome.path}: ${how}, ${outcome.sizeBytes} bytes, SHA-256 ${outcome.sha256}\n`);
    }
    await repl.leave();
    if (json) terminal.print(asJson({ schema: 'earshot/micropython-put@1', port, files: done }));
    return exitCodes.passed;
  });
}

/** Runs a script on the board; its exception is the board's failure, Ctrl-C interrupts it. */
export async function runCommand(
  { script, timeout, json, ...board }: RunArguments,
  terminal = processTerminal,
  clock: Clock = systemClock,
): Promise<number> {
  const withinMs = timeout === undefined ? undefined : limitOf(timeout);
  const isFile = script !== undefined && script !== '-';
  const code = isFile ? contentOf(script).toString() : await typedIn(terminal.input);
  return withRepl(board, clock, async (repl, port) => {
    let interrupts = 0;
    const cancel = terminal.onInterrupt(() => {
      interrupts += 1;
      // A board that does not hear: the third one ends this process, as it ends any.
      if (interrupts > 1) cancel();
      // A port that has gone ends the script's own wait.
      repl.interrupt().catch(() => undefined);
    });
    const shown = hostLines((text) => terminal.print(text));
    try {
      const { output, exception } = await repl.execute(code, {
        ...(withinMs === undefined ? {} : { withinMs }),
        ...(json ? {} : { onOutput: (bytes: Buffer) => shown.push(bytes) }),
      });
      shown.end();
      await repl.leave();
      if (json) {
        const result = { script: isFile ? script : 'standard input', output: output.toString(), exception };
        terminal.print(asJson({ schema: 'earshot/micropython-run@1', port, ...result }));
      } else if (exception !== undefined) terminal.complain(traceback(exception));
      if (interrupts > 0 && exception?.type === 'KeyboardInterrupt') return exitCodes.interrupted;
      return exception === undefined ? exitCodes.passed : exitCodes.boardFailed;
    } finally {
      cancel();
    }
  });
}

/** Starts the board's interpreter anew; what `main.py` prints is for whoever listens next. */
export async function resetCommand(
  { json, ...board }: PortArguments,
  terminal = processTerminal,
  clock: Clock = systemClock,
): Promise<number> {
  return withRepl(board, clock, async (repl, port) => {
    await repl.restart();
    terminal.print(
      json
        ? asJson({ schema: 'earshot/micropython-reset@1', port })
        : `The interpreter on ${port} starts anew and runs main.py.\n`,
    );
    return exitCodes.passed;
  });
}

function limitOf(timeout: string): number {
  const limitMs = parseDuration(timeout);
  if (limitMs !== undefined && limitMs > 0) return limitMs;
  throw new ConfigError('HIL_CONFIG_USAGE', `--timeout takes a duration such as 30s, not '${timeout}'.`, {
    timeout,
  });
}

async function withRepl(
  { port, baudRate }: Omit<PortArguments, 'json'>,
  clock: Clock,
  use: (repl: RawRepl, path: string) => Promise<number>,
): Promise<number> {
  const path = await findPort(portChoiceOf(port));
  const opened: Closable[] = [];
  try {
    const command = 'earshot micropython';
    opened.push(await takeLease({ key: await leaseKeyOf(path), name: path, command, clock }));
    const transport = await openSerialPort({ path, baudRate, clock });
    opened.push(transport);
    const repl = await RawRepl.open({ transport, clock });
    opened.push(repl);
    return await use(repl, path);
  } finally {
    await closeAll(opened);
  }
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', `The file ${path} cannot be read.`, { path }, { cause });
  }
}

async function typedIn(input: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Text of a board, whose lines end with CR LF, as this machine ends them; a character or a line end may come in two pieces. */
function hostLines(print: (text: string) => void) {
  const decoder = new StringDecoder();
  let held = '';
  return {
    push(bytes: Buffer): void {
      const text = held + decoder.write(bytes);
      held = text.endsWith('\r') ? '\r' : '';
      print(text.slice(0, text.length - held.length).replaceAll('\r\n', '\n'));
    },
    end: (): void => print(held + decoder.end()),
  };
}

const traceback = (exception: PythonException): string =>
  [
    ...exception.frames.map(
      ({ file, line, function: name }) =>
        `  ${file}, line ${line}${name === undefined ? '' : `, in ${name}`}`,
    ),
    describeException(exception),
  ]
    .map((line) => `${line}\n`)
    .join('');

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
