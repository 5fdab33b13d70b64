import { loadScenario, type BenchConfig, type BoardConfig } from '../config';
import {
  dialectByName,
  findPort,
  imageUnderTest,
  loadDialects,
  onBoard,
  openPower,
  openSerialBoard,
  startVirtualBoardProcess,
  wrongDialect,
  type Dialect,
  type SerialBoardOptions,
  type VirtualBoardProcess,
} from '../board';
import { checkScenario, loadCorpus } from '../corpus';
import { closeAll, ConfigError, type BoardError, type Closable } from '../errors';
import type {
  AudioRig,
  Board,
  ChildLauncher,
  Clock,
  Corpus,
  DialectDescription,
  FirmwareIdentity,
  Scenario,
  TimeQuestion,
  VoiceProvider,
  WallClock,
} from '../ports';
import { launchProvider, openDirect, startSntpServer, type LaunchedProvider } from '../provider';
import { firmwareModel } from './firmware-model';
import { leaseKeyOf, leaseOfCard, takeLease, type Lease, type LeaseOptions } from './lease';
import { checkProtocol } from './fitting-protocol';
import { inOneServer } from './in-one-server';
import { openRig } from './open-rig';
import { authorityIn, directSettings, providerInit } from './provider-settings';

/** In a process of ours, which can be killed; or somewhere else. */
export type BenchProvider = VoiceProvider &
  Partial<Pick<LaunchedProvider, 'tlsCertificate' | 'kill' | 'worsen'>>;

/** Boards ask anew every hour or when they boot; who looks for the questions looks for those of the latest boot. */
const MOST_QUESTIONS = 1_000;

/** The bench's own time server. */
export interface BenchTime {
  /** `host:port`. */
  readonly address: string;
  /** What it has been asked so far, oldest first; grows. */
  readonly questions: readonly TimeQuestion[];
}

export interface BenchPartsOptions {
  readonly config: BenchConfig;
  /** Undefined: the bench's only board. */
  readonly boardName: string | undefined;
  /** Faults that a virtual board has from the start. */
  readonly faults: readonly string[];
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  /** Default: this machine's. */
  readonly wallClock?: WallClock;
  /** In whose name board and card are taken. Default: this process, which does not wait. */
  readonly holder?: Holder;
}

/** In whose name what a bench needs of this machine is taken. */
export type Holder = Pick<LeaseOptions, 'command'> &
  Partial<Pick<LeaseOptions, 'waitMs' | 'onWait' | 'signal' | 'leaderPid'>>;

/** Of whoever does not say. */
export const SOMEBODY: Holder = { command: 'earshot' };

/**
 * The parts of a bench for one of its boards. Each opens when it is first asked for, what it needs ahead of it, and is the same from
 * then on, its failure included. Closing closes what is open by then, in reverse order, also what is being opened meanwhile.
 */
export interface BenchParts extends Closable {
  readonly boardConfig: BoardConfig;
  readonly dialect: DialectDescription;
  readonly corpus: Corpus;
  readonly scenario: Scenario;
  provider(): Promise<BenchProvider>;
  /** Undefined: the bench tells nobody the time. */
  time(): Promise<BenchTime | undefined>;
  /** Undefined: the board is of metal. */
  virtual(): Promise<VirtualBoardProcess | undefined>;
  /** Where the board's console is: a serial port, a pseudo-terminal, or the address of a server. */
  portPath(): Promise<string>;
  /**
   * The board is this process's from here on until the parts are closed; `board` begins with it.
   * @throws HilError `HIL_BENCH_HELD`, `HIL_BENCH_LEASE_FAILED`.
   */
  lease(): Promise<Lease>;
  board(): Promise<Board>;
  /** Undefined: the board is asked in writing. */
  rig(): Promise<AudioRig | undefined>;
  /** The error for firmware of another project than the dialect is for; undefined when they agree. */
  wrongProject(firmware: FirmwareIdentity): BoardError | undefined;
}

type DialectChoice = Pick<BoardConfig, 'dialect' | 'readsConsole'>;

/** The dialect of a board's firmware, as far as the board can be talked to. */
const dialectOf = ({ dialect, readsConsole }: DialectChoice, plugins: readonly string[]): Dialect =>
  onBoard(dialectByName(dialect, loadDialects(plugins)), readsConsole);

/**
 * What the firmware of a board is and can do, without opening anything.
 * @param plugins - Modules that may bring its dialect, as in the bench file.
 * @throws BoardError `HIL_BOARD_UNKNOWN_DIALECT`; ConfigError `HIL_CONFIG_USAGE`, `HIL_CONFIG_DIALECT` for a plugin that is none.
 */
export const describeDialect = (board: DialectChoice, plugins: readonly string[] = []): DialectDescription =>
  dialectOf(board, plugins).description;

/** The board that a run is to test. */
export function chosenBoard(config: BenchConfig, name: string | undefined): BoardConfig {
  const board = name === undefined ? config.boards[0] : config.boards.find((one) => one.name === name);
  if (board !== undefined) return board;
  const names = config.boards.map((one) => one.name).join(', ');
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `Bench ${config.name} has no board "${name ?? ''}"; it has ${names}.`,
  );
}

/** The bench as one of its boards has it: with the provider that this board talks to. @throws ConfigError as `chosenBoard` does. */
export function benchOfBoard(config: BenchConfig, name: string | undefined): BenchConfig {
  const { provider } = chosenBoard(config, name);
  return provider === undefined ? config : { ...config, provider };
}

/**
 * Reads what the files say and opens nothing.
 * @throws ConfigError for files that do not fit each other; BoardError `HIL_BOARD_UNKNOWN_DIALECT`.
 */
export function benchParts(options: BenchPartsOptions): BenchParts {
  const { clock, launch, wallClock } = options;
  const config = benchOfBoard(options.config, options.boardName);
  const boardConfig = chosenBoard(config, options.boardName);
  const dialect = dialectOf(boardConfig, config.plugins);
  const { description } = dialect;
  checkProtocol(description, config.provider);
  const corpus = loadCorpus(config.corpusPath);
  const scenario = loadScenario(config.scenarioPath);
  checkScenario(scenario, corpus);
  const inWriting = description.capabilities.includes('text');

  const opened: Closable[] = [];
  const openings: Promise<unknown>[] = [];
  const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
    let opening: Promise<T> | undefined;
    return () => {
      if (opening === undefined) {
        opening = open();
        openings.push(opening);
        opening.catch(() => undefined); // Whoever needs the part awaits it.
      }
      return opening;
    };
  };
  const kept = <T extends Closable>(part: T): T => {
    opened.push(part);
    return part;
  };

  const provider = once(async (): Promise<BenchProvider> =>
    kept(
      config.provider.kind === 'live'
        ? openDirect(directSettings(config.provider, boardConfig))
        : await launchProvider({ launch, clock, init: providerInit(config.provider, scenario, corpus) }),
    ),
  );
  const time = once(async (): Promise<BenchTime | undefined> => {
    if (config.ntp === undefined) return undefined;
    const questions: TimeQuestion[] = [];
    const { address } = kept(
      await startSntpServer({
        script: config.ntp.answers,
        port: config.ntp.port,
        host: config.provider.host,
        onAsked: (answer) => {
          questions.push({ hostAtMs: clock.nowMs(), answer });
          if (questions.length > MOST_QUESTIONS) questions.shift();
        },
      }),
    );
    return { address, questions };
  });
  const virtual = once(async (): Promise<VirtualBoardProcess | undefined> => {
    if (boardConfig.kind !== 'virtual') return undefined;
    const service = await provider();
    const ntpServer = (await time())?.address;
    const tlsCa = authorityOf(config.provider, service);
    const providerModel = firmwareModel(description, config.provider);
    return kept(
      await startVirtualBoardProcess({
        launch,
        clock,
        dialect: boardConfig.firmwareDialect,
        providerUrl: (inWriting ? service.tlsUrl : undefined) ?? service.url,
        ...(service.credentials === undefined ? {} : { credentials: service.credentials }),
        ...(providerModel === undefined ? {} : { providerModel }),
        ...(boardConfig.question === undefined ? {} : { question: boardConfig.question }),
        ...(ntpServer === undefined ? {} : { ntpServer }),
        ...(tlsCa === undefined ? {} : { tlsCa }),
        crystalPpm: boardConfig.crystalPpm,
        ...(boardConfig.addressAfterMs === undefined ? {} : { addressAfterMs: boardConfig.addressAfterMs }),
        ...(boardConfig.markers === true ? { markers: true as const } : {}),
        model: boardConfig.model,
        ...(boardConfig.flashPath === undefined ? {} : { flashPath: boardConfig.flashPath }),
        ...(boardConfig.sound === undefined ? {} : { sound: boardConfig.sound }),
        faults: options.faults,
      }),
    );
  });
  const portPath = once(async (): Promise<string> => {
    if (boardConfig.kind === 'serial') return findPort(boardConfig.port);
    return (await virtual())?.ptyPath ?? '';
  });
  const holder = { ...(options.holder ?? SOMEBODY), clock, ...(wallClock && { wallClock }) };
  const lease = once(async (): Promise<Lease> => {
    const key = await leaseKeyOf(await portPath());
    return kept(await takeLease({ ...holder, key, name: boardConfig.name }));
  });
  const board = once(async (): Promise<Board> => {
    await lease();
    return kept(
      await openSerialBoard(await boardOptions(boardConfig, dialect, config.plugins, virtual, clock)),
    );
  });
  const rig = once(async (): Promise<AudioRig | undefined> => {
    if (inWriting) return undefined;
    const simulated = await virtual();
    const open = kept(await openRig(boardConfig, simulated, clock));
    if (open.card !== undefined) kept(await takeLease({ ...holder, ...leaseOfCard(open.card) }));
    const sharesServer = boardConfig.kind === 'virtual' && boardConfig.sound !== undefined;
    return simulated !== undefined && sharesServer ? inOneServer(open, boardConfig.name, simulated) : open;
  });

  return {
    boardConfig,
    dialect: description,
    corpus,
    scenario,
    provider,
    time,
    virtual,
    portPath,
    lease,
    board,
    rig,
    wrongProject: (firmware) => wrongDialect(boardConfig.name, dialect, firmware),
    close: async () => {
      // What is being opened may open more.
      for (let settled = 0; settled < openings.length;) {
        const begun = openings.length;
        await Promise.allSettled(openings);
        settled = begun;
      }
      await closeAll(opened.splice(0));
    },
  };
}

/** The authority of `earshot certs` where the bench has one; a certificate that was made for the run signs itself. */
const authorityOf = (config: BenchConfig['provider'], provider: BenchProvider): string | undefined =>
  config.kind === 'plugin' || config.kind === 'live' || config.certsPath === undefined
    ? provider.tlsCertificate
    : authorityIn(config.certsPath);

async function boardOptions(
  config: BoardConfig,
  dialect: Dialect,
  plugins: readonly string[],
  virtualBoard: () => Promise<VirtualBoardProcess | undefined>,
  clock: Clock,
): Promise<SerialBoardOptions> {
  const { name, model, bootTimeoutMs, sessionTimeoutMs } = config;
  const console = {
    name,
    model,
    dialect,
    ...(config.imagePath === undefined ? {} : { image: imageUnderTest(config.imagePath) }),
    bootTimeoutMs,
    sessionTimeoutMs,
    clock,
  };
  if (config.kind === 'serial') {
    const { port, baudRate, reattachMs, reset, power: choice } = config;
    const power = choice && openPower({ board: name, choice, plugins, clock });
    return { ...console, port, baudRate, reattachMs, reset, ...(power === undefined ? {} : { power }) };
  }
  const virtual = await virtualBoard();
  return {
    ...console,
    port: virtual?.ptyPath ?? '',
    baudRate: 115_200,
    ...(virtual === undefined ? {} : { resetLine: { reset: () => virtual.control.reset() } }),
  };
}
