import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import {
  flashBoard,
  flashByEsptool,
  findPort,
  listSerialPorts,
  loadFlashPlan,
  openReattaching,
  openSerialPort,
  type FlashPlan,
  type FlashProgress,
  type FlashResult,
  type UsbIds,
  type WifiCredentials,
} from '../../board';
import { chosenBoard, type Lease } from '../../bench';
import { loadBench, readVariable, type BoardConfig } from '../../config';
import { ConfigError, isHilError } from '../../errors';
import { systemClock } from '../../ports';
import { describeError } from '../describe-error';
import { exitCodes } from '../exit-codes';
import { onEndingSignal } from '../run-signals';
import { leasePort } from '../port-lease';
import { powerOnInLoader } from '../simulated-port';
import { serialTargetOf, type SerialTarget, type TargetArguments } from '../serial-target';

export interface FlashArguments extends TargetArguments {
  /** Undefined: the image of the bench's board. */
  readonly image: string | undefined;
  readonly baud: number;
  readonly tool: 'esptool-js' | 'esptool';
  readonly wifiSsid: string | undefined;
  readonly wifiPasswordFile: string | undefined;
  readonly force: boolean;
  /** How long to wait for a board that somebody else has, such as `10min`; undefined: not at all. */
  readonly wait: string | undefined;
  readonly json: boolean;
}

/** Where results and progress are printed, and the wish to end comes from. */
export interface FlashTerminal {
  /** The result. */
  print(text: string): void;
  /** What is going on. */
  tell(text: string): void;
  readonly signal: AbortSignal;
}

function processTerminal(): FlashTerminal {
  const ending = new AbortController();
  onEndingSignal(() => {
    // A second Ctrl-C ends the process where it is.
    if (ending.signal.aborted) process.exit(exitCodes.interrupted);
    ending.abort();
  });
  return {
    print: (text) => void process.stdout.write(text),
    tell: (text) => void process.stderr.write(text),
    signal: ending.signal,
  };
}

const PASSWORD_VARIABLE = 'EARSHOT_WIFI_PASSWORD';
const CONSOLE_BAUD = 115_200;
/** Native USB that comes back after a reset takes 0.3 to 1 s (device.md section 4); a person who plugs it in again, longer. */
const DEFAULT_REATTACH_MS = 10_000;
/** Of WPA2; an open network has none. */
const LONGEST_SSID_BYTES = 32;
const LONGEST_PASSWORD_BYTES = 64;

/**
 * Writes an image into a board and boots it; progress on stderr, so that stdout holds the result alone. A virtual board of a bench is
 * powered on for it, where its flash stays in a file.
 */
export async function flashCommand(
  args: FlashArguments,
  terminal: FlashTerminal = processTerminal(),
): Promise<number> {
  const board = args.port !== undefined || args.bench === undefined ? undefined : boardIn(args.bench, args);
  if (board?.kind !== 'virtual' || board.flashPath === undefined) return flashAtPort(args, terminal);
  const image = args.image ?? board.imagePath;
  const simulated = await powerOnInLoader(board, board.flashPath);
  try {
    const there = { port: simulated.ptyPath, bench: undefined, board: undefined };
    return await flashAtPort({ ...args, image, ...there }, terminal);
  } finally {
    await simulated.close();
  }
}

const boardIn = (bench: string, { board }: TargetArguments): BoardConfig =>
  chosenBoard(loadBench(bench), board);

async function flashAtPort(args: FlashArguments, terminal: FlashTerminal): Promise<number> {
  const wifi = wifiOf(args);
  const target = serialTargetOf(args);
  const plan = loadFlashPlan(imageOf(args, target));
  const port = await findPort(target.port);
  const screen = new FlashScreen(terminal);
  let lease: Lease | undefined;
  try {
    lease = await leasePort({
      path: port,
      name: target.board?.name,
      command: 'earshot flash',
      wait: args.wait,
      clock: systemClock,
      signal: terminal.signal,
      tell: (line) => terminal.tell(line),
    });
    const write = args.tool === 'esptool' ? flashWithEsptool : flashInProcess;
    const reattachMs = target.board?.reattachMs ?? DEFAULT_REATTACH_MS;
    const result = await write({ ...args, port, reattachMs }, plan, wifi, screen, terminal.signal);
    screen.end();
    terminal.print(
      args.json ? jsonOf(port, plan, result) : `${summaryOf(result, plan.description?.elfSha256)}\n`,
    );
    return exitCodes.passed;
  } catch (thrown) {
    screen.end();
    if (lease === undefined && terminal.signal.aborted) return exitCodes.interrupted;
    if (!isHilError(thrown) || thrown.code !== 'HIL_FLASH_INTERRUPTED') throw thrown;
    terminal.tell(`${describeError(thrown)}\n`);
    return exitCodes.interrupted;
  } finally {
    await lease?.close();
  }
}

/** @throws ConfigError `HIL_CONFIG_USAGE` when neither the arguments nor the bench name one. */
function imageOf({ image }: FlashArguments, { board }: SerialTarget): string {
  const path = image ?? board?.imagePath;
  if (path !== undefined) return path;
  const bench = board === undefined ? '' : `, and board ${board.name} of the bench has none`;
  throw new ConfigError('HIL_CONFIG_USAGE', `There is no image to write: name one${bench}.`);
}

/** Where to write, and how patiently. */
interface FlashWay {
  /** Path of the port, or address of its server. */
  readonly port: string;
  readonly baud: number;
  readonly force: boolean;
  /** How long to wait for a port that has gone. */
  readonly reattachMs: number;
}

type Flash = (
  way: FlashWay,
  plan: FlashPlan,
  wifi: WifiCredentials | undefined,
  screen: FlashScreen,
  signal: AbortSignal,
) => Promise<FlashResult>;

const flashInProcess: Flash = async ({ port, baud, force, reattachMs }, plan, wifi, screen, signal) => {
  const usb = await usbIdsOf(port);
  const opening = { path: port, baudRate: CONSOLE_BAUD, clock: systemClock };
  const presence = reattachMs > 0 ? await openReattaching({ ...opening, withinMs: reattachMs }) : undefined;
  const transport = presence ?? (await openSerialPort(opening));
  try {
    return await flashBoard({
      transport,
      ...(presence === undefined ? {} : { presence }),
      usb,
      plan,
      ...(wifi === undefined ? {} : { wifi }),
      baudRate: baud,
      writesAll: force,
      onProgress: (step) => screen.take(step),
      signal,
      clock: systemClock,
    });
  } finally {
    await transport.close();
  }
};

const flashWithEsptool: Flash = ({ port, baud }, plan, wifi, screen, signal) =>
  flashByEsptool({
    port,
    plan,
    ...(wifi === undefined ? {} : { wifi }),
    baudRate: baud,
    onProgress: (step) => screen.take(step),
    signal,
  });

function jsonOf(port: string, plan: FlashPlan, result: FlashResult): string {
  const { path, layout, description } = plan;
  const image = { path, layout, description };
  return `${JSON.stringify({ schema: 'earshot/flash@1', port, image, ...result }, null, 2)}\n`;
}

const restarts: Readonly<Record<FlashResult['restart'], string>> = {
  'reset-line': 'its reset line',
  watchdog: 'its watchdog',
  esptool: 'esptool',
};

function summaryOf({ regions, chip, baudRate, restart }: FlashResult, elfSha256: string | undefined): string {
  const written = regions.filter(({ state }) => state === 'written').length;
  const elf = elfSha256 === undefined ? '' : `; its boot log names ELF ${elfSha256.slice(0, 9)}`;
  return `${chip ?? 'ESP32-S3'}: ${written} of ${regions.length} regions written at ${baudRate} baud, all verified. Restarted by ${restarts[restart]}${elf}.`;
}

/** @throws ConfigError `HIL_CONFIG_USAGE`; what `readVariable` throws. */
function wifiOf({ wifiSsid: ssid, wifiPasswordFile: file }: FlashArguments): WifiCredentials | undefined {
  if (ssid === undefined) {
    if (file === undefined) return undefined;
    throw new ConfigError('HIL_CONFIG_USAGE', '--wifi-password-file goes with --wifi-ssid.');
  }
  const password = file === undefined ? readVariable(PASSWORD_VARIABLE) : firstLineOf(file);
  if (!fits(ssid, 1, LONGEST_SSID_BYTES))
    throw new ConfigError('HIL_CONFIG_USAGE', `--wifi-ssid takes 1 to ${LONGEST_SSID_BYTES} bytes.`);
  // How long it is stays unsaid.
  if (!fits(password, 0, LONGEST_PASSWORD_BYTES))
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `A Wi-Fi password has at most ${LONGEST_PASSWORD_BYTES} bytes.`,
    );
  return { ssid, password };
}

const fits = (text: string, least: number, most: number): boolean => {
  const bytes = Buffer.byteLength(text);
  return bytes >= least && bytes <= most && !text.includes('\0');
};

function firstLineOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', `The file ${path} cannot be read.`, { path }, { cause });
  }
}

/** What USB says of a port, whichever of its names it was called by; nothing of one that is on no USB of this machine. */
async function usbIdsOf(port: string): Promise<UsbIds> {
  const device = await realpath(port).catch(() => port);
  const found = (await listSerialPorts()).find(({ path }) => path === device);
  if (found?.vendorId === undefined || found.productId === undefined) return {};
  return { usbVendorId: parseInt(found.vendorId, 16), usbProductId: parseInt(found.productId, 16) };
}

/** A bar for the region that is being written, on a terminal; a line for everything that is done, anywhere. */
class FlashScreen {
  private bar: SingleBar | undefined;

  constructor(private readonly terminal: FlashTerminal) {}

  take(progress: FlashProgress): void {
    switch (progress.step) {
      case 'write':
        this.write(progress.name, progress.writtenBytes, progress.sizeBytes);
        return;
      case 'connect':
        this.line(`Connecting, to write at ${progress.baudRate} baud`);
        return;
      case 'connected':
        this.line(`${progress.chip}, in its loader at ${progress.baudRate} baud`);
        return;
      case 'same':
        this.line(`${progress.name}: ${progress.sizeBytes} bytes, there already`);
        return;
      case 'written':
        this.line(`${progress.name}: ${progress.sizeBytes} bytes, written and verified`);
        return;
      case 'again':
        this.line(`${progress.because} Going on at ${progress.baudRate} baud`);
        return;
      case 'slower':
        this.line(`${progress.because} Trying ${progress.baudRate} baud`);
        return;
      case 'compare':
      case 'restart':
    }
  }

  /** Takes the bar away; harmless when there is none. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private write(name: string, writtenBytes: number, sizeBytes: number): void {
    if (this.bar === undefined) this.terminal.tell(`${name}: writing ${sizeBytes} bytes\n`);
    this.bar ??= this.startBar(name, sizeBytes);
    this.bar.update(writtenBytes);
  }

  private startBar(name: string, sizeBytes: number): SingleBar {
    // It draws on stderr, and nothing at all where that is no terminal.
    const bar = new SingleBar({ format: `${name} [{bar}] {percentage} %`, clearOnComplete: true });
    bar.start(sizeBytes, 0);
    return bar;
  }

  private line(text: string): void {
    this.end();
    this.terminal.tell(`${text}\n`);
  }
}
