import { BoardError } from '../../harness/errors';
import { Board } from './board';
import { hostClock, type BoardClock } from './board-clock';
import { SerialPort } from './console/serial-port';
import { ControlServer } from './control-server';
import { Crystal } from './crystal';
import type { FirmwareDialect } from './dialect/application';
import { realtimeWs } from './dialect/realtime-ws';
import { faultNames, FaultSwitches, type FaultName } from './faults';
import { AudioLinkServer } from './sound/audio-link-server';
import { SoundCard } from './sound/sound-card';

export { faultNames, type BoardClock, type FaultName };

const dialects = { 'realtime-ws': realtimeWs } as const satisfies Record<string, FirmwareDialect>;

/** Firmware that can be simulated. */
export type VirtualDialect = keyof typeof dialects;

/** What a simulated board is told at power-on. */
export interface VirtualBoardOptions {
  readonly dialect: VirtualDialect;
  /** `ws://` or `wss://`; `/v1/realtime` and the model are added when they are missing. */
  readonly providerUrl: string;
  readonly apiKey?: string;
  readonly model?: string;
  /** How fast the board's crystal runs against true time, in parts per million; default 0. */
  readonly crystalPpm?: number;
  /** Faults that are on from the start; see `faultNames`. */
  readonly faults?: readonly string[];
  /** Network in the board's NVS; the board joins any. Only its name is printed. */
  readonly wifi?: { readonly ssid: string; readonly psw: string };
  /** Where audio link and control listen; loopback only. */
  readonly host?: '127.0.0.1';
  /** Descriptors of the speaker's DMA chain, default 6. */
  readonly dmaDescriptors?: number;
  /** Frames of one descriptor, default 240 (10 ms). */
  readonly dmaFrames?: number;
}

/** A running simulated board. */
export interface VirtualBoard {
  /** Open it like a serial port, at any baud rate. */
  readonly ptyPath: string;
  readonly audioLink: { readonly host: string; readonly port: number };
  readonly control: { readonly host: string; readonly port: number };
  /** Power off: the port vanishes, connections end, nothing is left running. */
  close(): Promise<void>;
}

/**
 * Powers a simulated ESP32-S3 voice board on: it boots at once, and again at each `reset` on its control port.
 * @param clock - Where its time comes from; tests use a quicker one.
 * @throws BoardError `HIL_VIRTUAL_BOARD_FAILED` when an option cannot be used, or a port or pseudo-terminal not be opened.
 */
export async function startVirtualBoard(
  options: VirtualBoardOptions,
  clock: BoardClock = hostClock,
): Promise<VirtualBoard> {
  const opened: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return { ...(await powerOn(options, clock, opened)), close };
  } catch (cause) {
    await close();
    const { dialect, providerUrl } = options;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BoardError(
      'HIL_VIRTUAL_BOARD_FAILED',
      `Virtual board '${dialect}' for ${providerUrl} did not start: ${why}.`,
      { dialect, providerUrl },
      { cause },
    );
  }
}

async function powerOn(
  options: VirtualBoardOptions,
  clock: BoardClock,
  opened: (() => unknown)[],
): Promise<Omit<VirtualBoard, 'close'>> {
  const { crystalPpm = 0, host = '127.0.0.1', dmaDescriptors = 6, dmaFrames = 240 } = options;
  const { apiKey = 'virtual-board-key', model = 'gpt-realtime', providerUrl } = options;
  if (!/^wss?:$/.test(new URL(providerUrl).protocol))
    throw new RangeError(`${providerUrl} is not ws:// or wss://`);
  if (dmaDescriptors < 2 || dmaFrames < 1)
    throw new RangeError(`DMA chain of ${dmaDescriptors} × ${dmaFrames}`);
  const faults = new FaultSwitches();
  for (const name of options.faults ?? []) faults.set(name, true);

  const serial = new SerialPort(clock, (bytes) => board.input(bytes));
  opened.push(() => serial.unplug());
  const sound = new SoundCard(faults, new Crystal(clock, crystalPpm), dmaDescriptors, dmaFrames);
  const board = new Board({
    clock,
    crystalPpm,
    faults,
    serial,
    sound,
    dialect: dialects[options.dialect],
    provider: { url: providerUrl, apiKey, model },
    ssid: options.wifi?.ssid ?? 'bench',
  });
  opened.push(() => board.close());
  const audioLink = new AudioLinkServer(sound);
  opened.push(() => audioLink.close());
  const control = new ControlServer(board);
  opened.push(() => control.close());
  const result = {
    ptyPath: serial.path,
    audioLink: { host, port: await audioLink.listen(host) },
    control: { host, port: await control.listen(host) },
  };
  board.reset();
  return result;
}
