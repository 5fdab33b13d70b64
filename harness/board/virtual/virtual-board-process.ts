import type { Cancel, ChildLauncher, Clock } from '../../ports';
import type { ResetLine } from '../serial';
import { WatchedChild, type ChildExit } from './child-process';
import { ControlClient, type Endpoint, type SoundXrun, type VirtualBoardState } from './control-client';
import { isReadyMessage, type ReadyMessage } from './ready-message';

const READY_TIMEOUT_MS = 10_000;

export interface VirtualBoardProcessOptions {
  readonly launch: ChildLauncher;
  /** Dialect that the simulated firmware speaks. */
  readonly dialect: string;
  readonly providerUrl: string;
  /** The board's crystal against true time. */
  readonly crystalPpm: number;
  /** From a reset to its address; default: 3360. All of the boot goes in proportion. */
  readonly addressAfterMs?: number;
  /** Its firmware prints markers. */
  readonly markers?: true;
  readonly model: string;
  /** What the firmware shows to the provider, as `VoiceProvider.credentials`; default: its own dummies. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** The provider's model; default: the dialect's own. */
  readonly providerModel?: string;
  /** What a dialect asks that has its question compiled in; default: the dialect's own. */
  readonly question?: string;
  /** SNTP server, `host:port`; default: none, the board's clock is right. */
  readonly ntpServer?: string;
  /** PEM of what a text board trusts over TLS; default: what Node trusts. */
  readonly tlsCa?: string;
  /** Its sound is in a sound server; default: an audio link. */
  readonly sound?: VirtualSound;
  /** File with what its flash holds, which boots; default: what the dialect's own firmware is. */
  readonly flashPath?: string;
  /** GPIO0 is low at power-on: the ROM waits for a download. */
  readonly startsInDownload?: true;
  /** Faults that it has from the start. */
  readonly faults: readonly string[];
  readonly clock: Clock;
}

/** Where a virtual board is in a sound server. */
export interface VirtualSound {
  readonly kind: 'pulse';
  /** Name of the source that its microphone hears. */
  readonly source: string;
  /** Name of the sink that its speaker plays to. */
  readonly sink: string;
  readonly bufferMs: number;
  /** Folder that it keeps its sound in. */
  readonly recordPath?: string;
}

/** What a bench does to a virtual board with wires. Also its reset line. */
export interface VirtualBoardControl extends ResetLine {
  /** A reset with GPIO0 low: the ROM waits for a download until the next reset. */
  resetToDownload(): Promise<void>;
  setFault(name: string, on: boolean): Promise<void>;
  /** The serial port vanishes; the board goes on. */
  unplug(): Promise<void>;
  state(): Promise<VirtualBoardState>;
}

/** A virtual board in a process of its own. */
export interface VirtualBoardProcess {
  /** Opens like a serial port. */
  readonly ptyPath: string;
  /** Absent: its sound is in a sound server. */
  readonly audioLink?: Endpoint;
  readonly control: VirtualBoardControl;
  readonly pid: number;
  /** Calls back once, when the process has ended; at once when it already has. */
  onExit(listener: (exit: ChildExit) => void): Cancel;
  /** Calls back once, when it has lost the sound server that it is in; at once when it already has. */
  onSoundLost(listener: (reason: string) => void): Cancel;
  /** Calls back each time that it has lost sound on its way to or from the sound server that it is in. */
  onSoundXrun(listener: (kind: SoundXrun) => void): Cancel;
  /** Ends the process for good; harmless the second time. */
  close(): Promise<void>;
}

/**
 * Starts `earshot virtual-board` as a child and waits until all its sides are open.
 * @throws BoardError `HIL_VIRTUAL_BOARD_FAILED` with what the child wrote last, when it ends or is not ready within 10 s.
 */
export async function startVirtualBoardProcess(
  options: VirtualBoardProcessOptions,
): Promise<VirtualBoardProcess> {
  const child = new WatchedChild(options.launch(commandOf(options)), options.clock);
  // Not on the command line, which everybody on the machine can read. A child that is gone fails below.
  const { credentials = {}, tlsCa } = options;
  child.process.send({ credentials, ...(tlsCa === undefined ? {} : { tlsCa }) }, () => undefined);
  try {
    const ready = await awaitReady(child, options.clock);
    const control = await ControlClient.open(ready.control, options.clock);
    return {
      ptyPath: ready.ptyPath,
      ...(ready.audioLink === undefined ? {} : { audioLink: ready.audioLink }),
      control,
      pid: child.pid ?? 0,
      onExit: (listener) => child.onExit(listener),
      onSoundLost: (listener) => control.onSoundLost(listener),
      onSoundXrun: (listener) => control.onSoundXrun(listener),
      close: async () => {
        control.close();
        await child.stop();
      },
    };
  } catch (cause) {
    await child.stop();
    throw cause;
  }
}

const given = (option: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`--${option}=${value}`];

const soundOf = (sound: VirtualSound | undefined): string[] =>
  sound === undefined
    ? []
    : [
        `--sound=${sound.kind}`,
        `--sound-source=${sound.source}`,
        `--sound-sink=${sound.sink}`,
        `--sound-buffer=${sound.bufferMs}`,
        ...given('sound-record', sound.recordPath),
      ];

const commandOf = ({
  dialect,
  providerUrl,
  crystalPpm,
  model,
  faults,
  ...optional
}: VirtualBoardProcessOptions): string[] => [
  'virtual-board',
  '--child',
  `--dialect=${dialect}`,
  `--provider-url=${providerUrl}`,
  // Written with `=`: a negative number after a space reads as an option.
  `--crystal-ppm=${crystalPpm}`,
  `--model=${model}`,
  '--access-by-ipc',
  ...given('provider-model', optional.providerModel),
  ...given('question', optional.question),
  ...given('ntp-server', optional.ntpServer),
  ...given('address-after', optional.addressAfterMs?.toString()),
  ...(optional.markers === true ? ['--markers'] : []),
  ...given('flash', optional.flashPath),
  ...(optional.startsInDownload === true ? ['--download'] : []),
  ...soundOf(optional.sound),
  ...faults.map((fault) => `--fault=${fault}`),
];

function awaitReady(child: WatchedChild, clock: Clock): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      cancelTimeout();
      cancelExit();
      child.process.off('message', onMessage);
    };
    const onMessage = (message: unknown): void => {
      if (!isReadyMessage(message)) return;
      settle();
      resolve(message);
    };
    const cancelTimeout = clock.after(READY_TIMEOUT_MS, () => {
      settle();
      reject(child.failure(`was not ready within ${READY_TIMEOUT_MS} ms`));
    });
    child.process.on('message', onMessage);
    let cancelExit: Cancel = () => undefined;
    cancelExit = child.onExit(({ exitCode, signal }) => {
      settle();
      reject(child.failure(`ended before it was ready (${signal ?? `exit code ${exitCode ?? 'unknown'}`})`));
    });
  });
}
