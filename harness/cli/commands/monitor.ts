import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chosenBoard } from '../../bench';
import {
  elfInWorker,
  elfOfBoard,
  findPort,
  modemResetLine,
  openReattaching,
  openSerialPort,
  type PortGap,
} from '../../board';
import { loadBench } from '../../config';
import { closeAll, ConfigError, type Closable } from '../../errors';
import { systemClock, type Clock, type PortChoice } from '../../ports';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';
import { jsonOf, textOf } from '../monitor/render-event';
import { watchConsole } from '../monitor/watch-console';

const DEFAULT_BAUD_RATE = 115_200;
/** As long as a board that a person unplugs and plugs in again takes. */
const DEFAULT_REATTACH_MS = 10_000;

export interface MonitorArguments {
  readonly port: string | undefined;
  readonly bench: string | undefined;
  readonly board: string | undefined;
  /** Undefined: the bench's, else 115 200. */
  readonly baudRate: number | undefined;
  readonly elf: string | undefined;
  readonly image: string | undefined;
  readonly reset: boolean;
  readonly timestamps: boolean;
  readonly json: boolean;
  /** File that the raw bytes are added to. */
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

interface Target {
  readonly port: PortChoice;
  readonly baudRate: number;
  readonly reattachMs?: number;
  readonly elfPath?: string;
  readonly imagePath?: string;
}

/** The port that was named, or that of a board of a bench, with what the bench knows of its firmware. */
function targetOf({ port, bench, board, baudRate, elf, image }: MonitorArguments): Target {
  const build = {
    ...(elf === undefined ? {} : { elfPath: elf }),
    ...(image === undefined ? {} : { imagePath: image }),
  };
  if (port !== undefined) return { port, baudRate: baudRate ?? DEFAULT_BAUD_RATE, ...build };
  if (bench === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      'There is no port: name one with --port, or a bench with --bench.',
    );
  const chosen = chosenBoard(loadBench(bench), board);
  if (chosen.kind === 'virtual')
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Board ${chosen.name} is virtual and exists in a run only: start one with \`earshot virtual-board\`, and name its console with --port.`,
      { board: chosen.name },
    );
  const { imagePath, elfPath } = chosen;
  return {
    port: chosen.port,
    baudRate: baudRate ?? chosen.baudRate,
    reattachMs: chosen.reattachMs,
    ...(imagePath === undefined ? {} : { imagePath }),
    ...(elfPath === undefined ? {} : { elfPath }),
    ...build,
  };
}

/** Shows a board's console until it is asked to end; the port's loss is an error. */
export async function monitorCommand(
  args: MonitorArguments,
  terminal: MonitorTerminal = processTerminal(),
  clock: Clock = systemClock,
): Promise<number> {
  const target = targetOf(args);
  const { baudRate } = target;
  const path = await findPort(target.port);
  const elfPath = elfOfBoard(target);
  const opened: Closable[] = [];
  try {
    const keep = await openLog(args.log, opened);
    const withinMs = target.reattachMs ?? DEFAULT_REATTACH_MS;
    const presence = withinMs > 0 ? await openReattaching({ path, baudRate, clock, withinMs }) : undefined;
    const transport = presence ?? (await openSerialPort({ path, baudRate, clock }));
    opened.push(transport);
    transport.onBytes(keep);
    const unixAtZeroMs = new Date().getTime() - clock.nowMs();
    const { json, timestamps } = args;
    const console = watchConsole({
      transport,
      onGap: presence && ((listener: (gap: PortGap) => void) => presence.onGap(listener)),
      baudRate,
      clock,
      elf: elfPath === undefined ? undefined : elfInWorker(elfPath),
      tell: (event) => terminal.print(json ? jsonOf(event) : textOf(event, { timestamps, unixAtZeroMs })),
    });
    opened.push(console);
    terminal.print(
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
    if (args.reset) await modemResetLine(transport, clock).reset();
    await Promise.race([terminal.ended, lost]);
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
  // A full disk is told by the process's own handler of errors that nobody caught.
  opened.push({ close: () => new Promise((resolve) => log.end(() => resolve())) });
  return (bytes) => void log.write(bytes);
}
