import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  describeAttempt,
  dialectByName,
  elfInWorker,
  elfOfBoard,
  findPort,
  loadDialects,
  openPower,
  openReattaching,
  openSerialPort,
  resetUntilSeen,
  stepsOfPort,
  type PortGap,
  type ResetAttempt,
} from '../../board';
import { closeAll, ConfigError, isHilError, type Closable } from '../../errors';
import { systemClock, type Clock, systemWallClock } from '../../ports';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';
import { maskedOutput, maskedStream } from '../masked-output';
import type { MonitorEvent } from '../monitor/monitor-event';
import { jsonOf, textOf } from '../monitor/render-event';
import { watchConsole } from '../monitor/watch-console';
import { leasePort } from '../port-lease';
import { serialTargetOf, type SerialTarget } from '../serial-target';

const DEFAULT_BAUD_RATE = 115_200;
/** As long as a board that a person unplugs and plugs in again takes. */
const DEFAULT_REATTACH_MS = 10_000;

/** A monitor of a board that no step has reset still shows what it prints. */
const shownOnly: ReadonlySet<string> = new Set(['HIL_BOARD_RESET_FAILED', 'HIL_BOARD_DOWNLOAD_MODE']);

/** Resolves never. */
const forever = new Promise<never>(() => undefined);

export interface MonitorArguments {
  readonly port: string | undefined;
  readonly bench: string | undefined;
  readonly board: string | undefined;
  /** Undefined: the bench's, else 115 200. */
  readonly baudRate: number | undefined;
  readonly elf: string | undefined;
  readonly image: string | undefined;
  readonly reset: boolean;
  /** How long to wait for a board that somebody else has, such as `10min`; undefined: not at all. */
  readonly wait: string | undefined;
  readonly timestamps: boolean;
  readonly json: boolean;
  /** File that the raw bytes are added to, secrets masked. */
  readonly log: string | undefined;
}

/** Where lines are typed, words are printed, and the end comes from. */
export interface MonitorTerminal {
  readonly input: NodeJS.ReadableStream;
  print(text: string): void;
  /** Resolves when a person wants to end. */
  readonly ended: Promise<unknown>;
}

const processTerminal = (): MonitorTerminal => ({
  input: process.stdin,
  print: (text) => void process.stdout.write(text),
  ended: askedToEnd({ child: false }),
});

/** The firmware's build, by the arguments or else by the bench. */
const buildOf = ({ elf, image }: MonitorArguments, { board }: SerialTarget) => ({
  ...(board?.imagePath === undefined ? {} : { imagePath: board.imagePath }),
  ...(board?.elfPath === undefined ? {} : { elfPath: board.elfPath }),
  ...(elf === undefined ? {} : { elfPath: elf }),
  ...(image === undefined ? {} : { imagePath: image }),
});

type PortMeans = Parameters<typeof stepsOfPort>[1];

/**
 * Resets the board as its bench says, or else as fits its port, and tells of each step. A board that shows no boot is watched all the
 * same.
 * @throws BoardError `HIL_BOARD_PORT_FAILED` for a port without modem lines, `HIL_BOARD_PORT_LOST`; ConfigError of a power switch.
 */
async function resetFirst(
  { board, plugins }: SerialTarget,
  means: Omit<PortMeans, 'power' | 'isMicroPython'>,
  {
    console,
    onGap,
    tell,
  }: Pick<Parameters<typeof resetUntilSeen>[0], 'console' | 'onGap'> & {
    readonly tell: (event: MonitorEvent) => void;
  },
): Promise<void> {
  const { clock, path: name } = means;
  const power = board?.power && openPower({ board: board.name, choice: board.power, plugins, clock });
  const dialect = board && dialectByName(board.dialect, loadDialects(plugins));
  const isMicroPython = dialect?.project === 'micropython';
  const steps = await stepsOfPort(board?.reset ?? 'auto', { ...means, power, isMicroPython });
  const onStep = (attempt: ResetAttempt): void => {
    const { step, outcome } = attempt;
    tell({ type: 'reset-step', hostAtMs: clock.nowMs(), step, outcome, text: describeAttempt(attempt) });
  };
  try {
    await resetUntilSeen({ name, console, steps, clock, onGap, onStep });
  } catch (cause) {
    if (!isHilError(cause) || !shownOnly.has(cause.code)) throw cause;
    tell({ type: 'not-reset', hostAtMs: clock.nowMs(), code: cause.code, text: cause.message });
  }
}

/** Shows a board's console until it is asked to end; the port's loss is an error. */
export async function monitorCommand(
  args: MonitorArguments,
  terminal: MonitorTerminal = processTerminal(),
  clock: Clock = systemClock,
): Promise<number> {
  const target = serialTargetOf(args);
  const baudRate = args.baudRate ?? target.board?.baudRate ?? DEFAULT_BAUD_RATE;
  const path = await findPort(target.port);
  const elfPath = elfOfBoard(buildOf(args, target));
  const opened: Closable[] = [];
  // The bench has said by now which variables hold secrets.
  const print = maskedOutput((text) => terminal.print(text));
  const leaving = new AbortController();
  void terminal.ended.then(() => leaving.abort());
  try {
    opened.push(
      await leasePort({
        path,
        name: target.board?.name,
        command: 'earshot monitor',
        wait: args.wait,
        clock,
        signal: leaving.signal,
        tell: (line) => void process.stderr.write(line),
      }),
    );
    const keep = await openLog(args.log, opened);
    const withinMs = target.board?.reattachMs ?? DEFAULT_REATTACH_MS;
    const presence = withinMs > 0 ? await openReattaching({ path, baudRate, clock, withinMs }) : undefined;
    const transport = presence ?? (await openSerialPort({ path, baudRate, clock }));
    opened.push(transport);
    transport.onBytes(keep);
    const unixAtZeroMs = systemWallClock() - clock.nowMs();
    const { json, timestamps } = args;
    const onGap = presence && ((listener: (gap: PortGap) => void) => presence.onGap(listener));
    const tell = (event: MonitorEvent): void =>
      print(json ? jsonOf(event) : textOf(event, { timestamps, unixAtZeroMs }));
    const console = watchConsole({
      transport,
      onGap,
      baudRate,
      clock,
      elf: elfPath === undefined ? undefined : elfInWorker(elfPath),
      tell,
    });
    opened.push(console);
    print(
      json
        ? `${JSON.stringify({ schema: 'earshot/monitor@1', type: 'opened', port: path, baudRate, unixAtZeroMs })}\n`
        : `──── ${path} at ${baudRate} baud; Ctrl-C ends ────\n`,
    );
    const typed = createInterface({ input: terminal.input });
    typed.on('line', (line) => void console.send(line));
    opened.push({
      close: () => {
        typed.close();
        return Promise.resolve();
      },
    });
    const lost = new Promise<never>((_, reject) => transport.onLost(reject));
    lost.catch(() => undefined);
    const reset = async (): Promise<void> => {
      const means = { path, transport, presence, baudRate, clock };
      await resetFirst(target, means, { console: console.recorded, onGap, tell });
    };
    await Promise.race([terminal.ended, lost, ...(args.reset ? [reset().then(() => forever)] : [])]);
  } catch (cause) {
    // Whoever ends it while it waits has seen enough.
    if (!leaving.signal.aborted || cause !== leaving.signal.reason) throw cause;
  } finally {
    await closeAll(opened);
  }
  return exitCodes.passed;
}

/** What bytes are handed to: the file's end, behind what an earlier monitor kept there. */
async function openLog(path: string | undefined, opened: Closable[]): Promise<(bytes: Buffer) => void> {
  if (path === undefined) return () => undefined;
  const log = createWriteStream(path, { flags: 'a' });
  try {
    await once(log, 'open');
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_USAGE', `The log ${path} cannot be written.`, { path }, { cause });
  }
  const stream = maskedStream();
  const write = (bytes: Buffer): void => {
    if (bytes.length > 0) log.write(bytes);
  };
  // A full disk is told by the process's own handler of errors that nobody caught.
  opened.push({
    close: () => {
      write(stream.end());
      return new Promise((resolve) => log.end(() => resolve()));
    },
  });
  return (bytes) => write(stream.push(bytes));
}
