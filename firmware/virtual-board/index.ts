import { BoardError } from '../../harness/errors';
import { Board } from './board';
import { hostClock, type BoardClock } from './board-clock';
import { startUpTimes } from './boot-log';
import { PluggedPort } from './console/plugged-port';
import { onBothPorts } from './console/host-port';
import { ControlServer } from './control-server';
import { Crystal } from './crystal';
import type { FirmwareDialect, ProviderAccess } from './dialect/application';
import { openaiDemoBuilds } from './dialect/openai-demo';
import { embeddedSdkDialect } from './dialect/realtime-embedded-sdk';
import { realtimeWs } from './dialect/realtime-ws';
import { idfChat } from './dialect/text/idf-chat';
import { microPythonChat } from './dialect/text/micropython-chat';
import { HunyuanChat, hunyuanAccess } from './dialect/text/hunyuan';
import { OllamaChat, ollamaAccess } from './dialect/text/ollama';
import { PanguChat, panguAccess } from './dialect/text/pangu';
import { SparkChat, sparkAccess } from './dialect/text/spark';
import { textChat } from './dialect/text/text-chat';
import { faultNames, FaultSwitches, type FaultName } from './faults';
import { swapped, unwired } from './modem/miswired';
import type { ChipPins, ModemWiring } from './modem/modem-lines';
import { Rfc2217Server } from './modem/rfc2217-server';
import { EN_RISE_MS, TwoTransistors } from './modem/two-transistors';
import { UsbSerialJtag } from './modem/usb-serial-jtag';
import { authoritiesOf } from './network/certificate-check';
import { FlashMemory } from './rom-loader/flash-memory';
import { AudioLinkServer } from './sound/audio-link-server';
import { ServerLink, type ServerSoundOptions } from './sound/server/server-link';
import { SoundCard } from './sound/sound-card';

export { faultNames, type BoardClock, type FaultName, type ServerSoundOptions };

const dialects = {
  'realtime-ws': realtimeWs,
  ...openaiDemoBuilds,
  'realtime-embedded-sdk': embeddedSdkDialect,
  'idf-chat': idfChat,
  'micropython-chat': microPythonChat,
  'spark-chat': textChat('spark_chat', sparkAccess, (services) => new SparkChat(services), {
    talksAboutTime: true,
  }),
  'hunyuan-chat': textChat('hunyuan_chat', hunyuanAccess, (services) => new HunyuanChat(services)),
  'pangu-chat': textChat('pangu_chat', panguAccess, (services) => new PanguChat(services)),
  'ollama-chat': textChat('ollama_chat', ollamaAccess, (services) => new OllamaChat(services)),
} as const satisfies Record<string, FirmwareDialect>;

/** Firmware that can be simulated. */
export type VirtualDialect = keyof typeof dialects;
export const virtualDialects = Object.keys(dialects) as readonly VirtualDialect[];

/** The transcript of the prompt `zh-weather`. */
const DEFAULT_QUESTION = '今天的天气怎么样';

/** What an ESP32-S3 can be had with. */
const flashSizes: readonly number[] = [1, 2, 4, 8, 16, 32];
const DEFAULT_FLASH_MEGABYTES = 8;

/** What a simulated board is told at power-on. */
export interface VirtualBoardOptions {
  readonly dialect: VirtualDialect;
  /** Another implementation of that dialect's firmware, for tests in this process. Default: the simulated one. */
  readonly firmware?: FirmwareDialect;
  /** `ws://`, `wss://`, `http://` or `https://` as the dialect connects; a path is added when there is none. */
  readonly providerUrl: string;
  /**
   * What it shows to its provider: `apiKey`; `appId`, `apiKey`, `apiSecret` (`spark-chat`); `secretId`, `secretKey`
   * (`hunyuan-chat`); `user`, `password`, `domain`, `project` (`pangu-chat`). Default: dummies.
   */
  readonly credentials?: Readonly<Record<string, string>>;
  /** The provider's model; the deployment for `pangu-chat`. Default: the dialect's own. */
  readonly model?: string;
  /** What `idf-chat` and `micropython-chat` ask; default: the words of the prompt `zh-weather`. */
  readonly question?: string;
  /** SNTP server, `host:port`. Default: none, and the clock is set to the host's at each boot. */
  readonly ntpServer?: string;
  /** PEM of the certificates that text boards trust over TLS. Default: those that Node trusts. */
  readonly tlsCa?: string;
  /** How fast the board's crystal runs against true time, in parts per million; default 0. */
  readonly crystalPpm?: number;
  /** Faults that are on from the start; see `faultNames`. */
  readonly faults?: readonly string[];
  /** Network in the board's NVS; the board joins any. Only its name is printed. */
  readonly wifi?: { readonly ssid: string; readonly psw: string };
  /**
   * Milliseconds from a reset to its address, 400 to 60 000; default 3360, as long as a board takes that joins a network of which it knows
   * nothing but the name. All of the boot goes in proportion.
   */
  readonly addressAfterMs?: number;
  /** The firmware was built with `hil_marker` and prints markers, where its dialect can (`realtime-ws`). Default: false. */
  readonly markers?: boolean;
  /**
   * Also serves the console by RFC 2217, with modem lines that reset the board, on this port; 0 for any free one. Default: on its
   * pseudo-terminal alone, which has no such lines.
   */
  readonly rfc2217Port?: number;
  /**
   * What the two modem lines go to: EN and GPIO0, or the chip's own USB, as the board of the dialect has it (`fitted`, the default); each
   * other's place (`swapped`); nowhere (`none`).
   */
  readonly modemWiring?: 'fitted' | 'swapped' | 'none';
  /** How long EN rises after RTS let it go; default 14 ms. Boards with a larger capacitor need a slower sequence. */
  readonly enRiseMs?: number;
  /** Where audio link, control and RFC 2217 listen; loopback only. */
  readonly host?: '127.0.0.1';
  /** Microphone and speaker are in a sound server, in real time. Default: an audio link, for a virtual rig. */
  readonly sound?: ServerSoundOptions;
  /** Descriptors of the speaker's DMA chain, default 6. */
  readonly dmaDescriptors?: number;
  /** Frames of one descriptor, default 240 (10 ms of 24 kHz). */
  readonly dmaFrames?: number;
  /**
   * File with what the flash holds, made when it is not there. The board boots that, be it nothing. Default: the flash is
   * forgotten with the board, and the dialect's own firmware runs until somebody writes it.
   */
  readonly flashPath?: string;
  /** 1 to 32, a power of two; default 8. */
  readonly flashMegabytes?: number;
  /** Path of a link to the pseudo-terminal, which finds it again when it has come back under another path. Default: none. */
  readonly consoleLink?: string;
  /** GPIO0 is held low at power-on: the ROM waits for a download. */
  readonly startsInDownload?: boolean;
}

/** A running simulated board. */
export interface VirtualBoard {
  /** Open it like a serial port, at any baud rate. */
  readonly ptyPath: string;
  /** Absent when its sound is in a sound server. */
  readonly audioLink?: { readonly host: string; readonly port: number };
  readonly control: { readonly host: string; readonly port: number };
  /** Absent unless it was asked for. */
  readonly rfc2217?: { readonly host: string; readonly port: number };
  /** Power off: the port vanishes, connections end, nothing is left running. */
  close(): Promise<void>;
}

/**
 * Powers a simulated ESP32-S3 board on: it boots at once, and again at each `reset` on its control port.
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

function accessOf({ access }: FirmwareDialect, options: VirtualBoardOptions): ProviderAccess {
  const { providerUrl: url, model = access.model, question = DEFAULT_QUESTION, ntpServer, tlsCa } = options;
  if (!access.schemes.includes(new URL(url).protocol))
    throw new RangeError(`${url} is not ${access.schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
  const names = Object.keys(access.credentials);
  for (const name of Object.keys(options.credentials ?? {}))
    if (!names.includes(name))
      throw new RangeError(`credential '${name}' is unknown; there are ${names.join(', ')}`);
  // Found to be unusable now, rather than at the first connection.
  if (ntpServer !== undefined) new URL(`ntp://${ntpServer}`);
  if (tlsCa !== undefined) authoritiesOf(tlsCa);
  return {
    url,
    credentials: { ...access.credentials, ...options.credentials },
    model,
    question,
    ...(ntpServer === undefined ? {} : { ntpServer }),
    ...(tlsCa === undefined ? {} : { tlsCa }),
  };
}

async function powerOn(
  options: VirtualBoardOptions,
  clock: BoardClock,
  opened: (() => unknown)[],
): Promise<Omit<VirtualBoard, 'close'>> {
  const { crystalPpm = 0, host = '127.0.0.1', dmaDescriptors = 6, dmaFrames = 240 } = options;
  const dialect: FirmwareDialect = options.firmware ?? dialects[options.dialect];
  const provider = accessOf(dialect, options);
  if (dmaDescriptors < 2 || dmaFrames < 1)
    throw new RangeError(`DMA chain of ${dmaDescriptors} × ${dmaFrames}`);
  const { addressAfterMs = startUpTimes.gotIpMs } = options;
  if (!(addressAfterMs >= 400 && addressAfterMs <= 60_000))
    throw new RangeError(`address after ${addressAfterMs} ms; 400 to 60000 ms can be had`);
  const { flashMegabytes = DEFAULT_FLASH_MEGABYTES, startsInDownload = false } = options;
  if (!flashSizes.includes(flashMegabytes))
    throw new RangeError(`flash of ${flashMegabytes} MB; there are ${flashSizes.join(', ')}`);
  const faults = new FaultSwitches();
  for (const name of options.faults ?? []) faults.set(name, true);

  const soundCrystal = new Crystal(clock, crystalPpm);
  const sound = new SoundCard(faults, soundCrystal, dmaDescriptors, dmaFrames, dialect.dacRateHz);
  const soundLink = options.sound && (await ServerLink.open(sound, options.sound, clock));
  if (soundLink !== undefined) opened.push(() => soundLink.close());
  const flash = new FlashMemory(flashMegabytes << 20, options.flashPath);
  opened.push(() => flash.close());
  const input = (bytes: Buffer): void => board.input(bytes);
  const serial = new PluggedPort({
    clock,
    onInput: input,
    linkPath: options.consoleLink,
    onPresence: (isThere) => modem?.setPresent(isThere),
  });
  opened.push(() => serial.unplug());
  const chip: ChipPins = { hold: () => board.hold(), reset: (straps) => board.reset(straps) };
  const fitted: ModemWiring =
    dialect.console === 'usb-output'
      ? new UsbSerialJtag(chip)
      : new TwoTransistors(chip, clock, options.enRiseMs ?? EN_RISE_MS);
  const { modemWiring = 'fitted' } = options;
  const wiring = modemWiring === 'none' ? unwired : modemWiring === 'swapped' ? swapped(fitted) : fitted;
  const modem = options.rfc2217Port === undefined ? undefined : new Rfc2217Server({ wiring, input });
  const board = new Board({
    clock,
    crystalPpm,
    faults,
    serial: modem === undefined ? serial : onBothPorts(serial, modem),
    sound,
    dialect,
    provider,
    ssid: options.wifi?.ssid ?? 'bench',
    flash,
    bootsFlashOnly: options.flashPath !== undefined,
    markers: options.markers ?? false,
    bootPace: addressAfterMs / startUpTimes.gotIpMs,
    ...(soundLink === undefined ? {} : { soundLink }),
  });
  opened.push(() => board.close());
  const audioLink = soundLink === undefined ? new AudioLinkServer(sound) : undefined;
  if (audioLink !== undefined) opened.push(() => audioLink.close());
  const control = new ControlServer(board);
  soundLink?.onLost((error) => control.tell({ event: 'sound-lost', error }));
  soundLink?.onXrun((kind) => control.tell({ event: 'sound-xrun', kind }));
  opened.push(() => control.close());
  if (modem !== undefined) opened.push(() => modem.close());
  const rfc2217Port = await modem?.listen(host, options.rfc2217Port ?? 0);
  const result = {
    ptyPath: serial.path,
    ...(audioLink === undefined ? {} : { audioLink: { host, port: await audioLink.listen(host) } }),
    control: { host, port: await control.listen(host) },
    ...(rfc2217Port === undefined ? {} : { rfc2217: { host, port: rfc2217Port } }),
  };
  board.reset({ gpio0: startsInDownload ? 'low' : 'high' });
  return result;
}
