import { closeAll, ConfigError, type Closable } from '../errors';
import type { BenchConfig, BoardConfig } from '../config';
import { loadScenario } from '../config';
import { checkScenario, loadCorpus } from '../corpus';
import {
  ADDR2LINE_PROGRAMS,
  CrashWatch,
  describePort,
  dialectByName,
  elfInWorker,
  elfOfBoard,
  elfThroughAddr2line,
  imageUnderTest,
  loadDialects,
  onBoard,
  openPower,
  openSerialBoard,
  startVirtualBoardProcess,
  type Dialect,
  type ElfLookup,
  type VirtualBoardProcess,
} from '../board';
import { launchProvider, openDirect, startSntpServer, type LaunchedProvider } from '../provider';
import { openVirtualRig, withRoundTrip, type AppliedCalibration } from '../rig';
import { firmwareModel } from './firmware-model';
import { checkProtocol } from './fitting-protocol';
import { lostWithBoard } from './lost-with-board';
import { authorityIn, directSettings, providerInit } from './provider-settings';
import { calibrationFor, rigNameOf } from './rig-calibration';
import type {
  AudioRig,
  Board,
  ChildLauncher,
  Clock,
  Corpus,
  DialectDescription,
  Scenario,
  TimeQuestion,
  VoiceProvider,
} from '../ports';

/** Faults that virtual parts can be given with `--fault`, and which part has them. */
export const virtualFaults = {
  'dead-mic': 'board',
  'dead-speaker': 'board',
  'lost-call': 'board',
  'double-call': 'board',
  'wrong-argument': 'board',
  'panic-mid-reply': 'board',
  'no-boot': 'board',
  'cut-reply': 'board',
  stutter: 'board',
  'wrong-rate': 'board',
  'echo-leak': 'board',
  'no-barge-in': 'board',
  'wrong-project': 'board',
  'garbled-answer': 'board',
  'lost-answer': 'board',
  'no-sntp': 'board',
  'no-wifi': 'board',
  'provider-killed': 'bench',
  'port-unplugged': 'bench',
} as const satisfies Record<string, 'board' | 'bench'>;

export type VirtualFault = keyof typeof virtualFaults;

/** A bench whose board is asked by sound. */
export interface SoundBench extends OpenBench {
  readonly rig: AudioRig;
}

/** A bench whose parts are open. Closing it closes them in reverse order of opening. */
export interface OpenBench extends Closable {
  readonly board: Board;
  /** What is known of its crashes. */
  readonly crashes: CrashWatch;
  /** Undefined: the board is asked in writing. */
  readonly rig: AudioRig | undefined;
  /** What the stored calibration of the rig means for this bench; absent: it has no rig. */
  readonly calibration?: AppliedCalibration | undefined;
  readonly provider: VoiceProvider;
  readonly corpus: Corpus;
  readonly scenario: Scenario;
  /** What its time server has been asked so far, oldest first; absent: it has none. */
  readonly timeQuestions?: readonly TimeQuestion[] | undefined;
  /** Breaks a virtual part now. */
  breakNow(fault: VirtualFault): Promise<void>;
}

export interface OpenBenchOptions {
  readonly config: BenchConfig;
  /** Undefined: the bench's only board. */
  readonly boardName: string | undefined;
  /** Faults that virtual boards have from the start. */
  readonly faults: readonly VirtualFault[];
  readonly launch: ChildLauncher;
  readonly clock: Clock;
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

/**
 * Opens a bench: provider first, since the board is told where it is; then board, rig and console.
 * @throws HilError of the part that did not open; what was open by then has been closed.
 */
export async function openBench(options: OpenBenchOptions): Promise<OpenBench> {
  const opened: Closable[] = [];
  try {
    return await open(options, opened);
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

async function open(options: OpenBenchOptions, opened: Closable[]): Promise<OpenBench> {
  const { config, launch, clock } = options;
  const boardConfig = chosenBoard(config, options.boardName);
  const description = describeDialect(boardConfig, config.plugins);
  checkProtocol(description, config.provider);
  const corpus = loadCorpus(config.corpusPath);
  const scenario = loadScenario(config.scenarioPath);
  checkScenario(scenario, corpus);
  const elf = elfLookupOf(boardConfig);

  const provider: BenchProvider =
    config.provider.kind === 'live'
      ? openDirect(directSettings(config.provider, boardConfig))
      : await launchProvider({ launch, clock, init: providerInit(config.provider, scenario, corpus) });
  opened.push(provider);

  const timeQuestions: TimeQuestion[] = [];
  const time =
    config.ntp &&
    (await startSntpServer({
      script: config.ntp.answers,
      port: config.ntp.port,
      host: config.provider.host,
      onAsked: (answer) => timeQuestions.push({ hostAtMs: clock.nowMs(), answer }),
    }));
  if (time !== undefined) opened.push(time);

  const service: Service = {
    provider,
    ntpServer: time?.address,
    tlsCa: authorityOf(config.provider, provider),
    model: firmwareModel(description, config.provider),
  };
  const { board, rig: bareRig, virtual } = await openBoard(options, boardConfig, service, opened);
  const calibration = bareRig && calibrationFor(config, boardConfig, bareRig, new Date().toISOString());
  const roundTrip = calibration?.used?.roundTrip;
  const rig = bareRig && roundTrip ? withRoundTrip(bareRig, roundTrip) : bareRig;
  const crashes = new CrashWatch({ board, elf, clock });
  opened.push(crashes);
  return {
    board,
    crashes,
    rig,
    calibration,
    provider,
    corpus,
    scenario,
    timeQuestions: time && timeQuestions,
    breakNow: (fault) => breakNow(fault, provider, virtual),
    close: () => closeAll(opened),
  };
}

/** Where addresses of a board's crashes are looked up; undefined when nobody knows its ELF. */
function elfLookupOf(board: BoardConfig): ElfLookup | undefined {
  const path = elfOfBoard(board);
  if (path === undefined) return undefined;
  const elf = elfInWorker(path);
  const { addr2line } = board;
  if (addr2line === undefined) return elf;
  return elfThroughAddr2line(elf, addr2line === 'auto' ? ADDR2LINE_PROGRAMS : [addr2line]);
}

/** In a process of ours, which can be killed; or somewhere else. */
type BenchProvider = VoiceProvider & Partial<Pick<LaunchedProvider, 'tlsCertificate' | 'kill'>>;

/** What a simulated board is told of the service that it asks. */
interface Service {
  readonly provider: BenchProvider;
  /** `host:port` of the time server; undefined: the bench has none. */
  readonly ntpServer: string | undefined;
  /** PEM of what signed the provider's certificate. */
  readonly tlsCa: string | undefined;
  /** Undefined: the firmware's own will do. */
  readonly model: string | undefined;
}

/** The authority of `earshot certs` where the bench has one; a certificate that was made for the run signs itself. */
const authorityOf = (config: BenchConfig['provider'], provider: BenchProvider): string | undefined =>
  config.kind === 'plugin' || config.kind === 'live' || config.certsPath === undefined
    ? provider.tlsCertificate
    : authorityIn(config.certsPath);

async function openBoard(
  { config: bench, launch, clock, faults }: OpenBenchOptions,
  config: BoardConfig,
  { provider, ntpServer, tlsCa, model: providerModel }: Service,
  opened: Closable[],
): Promise<{ board: Board; rig: AudioRig | undefined; virtual: VirtualBoardProcess | undefined }> {
  const dialect = dialectOf(config, bench.plugins);
  const inWriting = dialect.description.capabilities.includes('text');
  const console = {
    name: config.name,
    model: config.model,
    dialect,
    ...(config.imagePath === undefined ? {} : { image: imageUnderTest(config.imagePath) }),
    bootTimeoutMs: config.bootTimeoutMs,
    sessionTimeoutMs: config.sessionTimeoutMs,
    clock,
  };
  if (config.kind === 'serial') {
    const { port, baudRate, reattachMs, reset, power: choice } = config;
    const power = choice && openPower({ board: config.name, choice, plugins: bench.plugins, clock });
    const board = await openSerialBoard({
      ...console,
      port,
      baudRate,
      reattachMs,
      reset,
      ...(power === undefined ? {} : { power }),
    });
    opened.push(board);
    if (inWriting) return { board, rig: undefined, virtual: undefined };
    throw new ConfigError(
      'HIL_RIG_UNAVAILABLE',
      `Board ${config.name} answers on ${describePort(config.port)}, but its rig is virtual; a virtual rig hears virtual boards only, and rigs for sound cards come in a later version.`,
      { board: config.name, port: config.port },
    );
  }
  const virtual = await startVirtualBoardProcess({
    launch,
    clock,
    dialect: config.firmwareDialect,
    providerUrl: (inWriting ? provider.tlsUrl : undefined) ?? provider.url,
    ...(provider.credentials === undefined ? {} : { credentials: provider.credentials }),
    ...(providerModel === undefined ? {} : { providerModel }),
    ...(config.question === undefined ? {} : { question: config.question }),
    ...(ntpServer === undefined ? {} : { ntpServer }),
    ...(tlsCa === undefined ? {} : { tlsCa }),
    crystalPpm: config.crystalPpm,
    ...(config.markers === true ? { markers: true as const } : {}),
    model: config.model,
    ...(config.sound === undefined ? {} : { sound: config.sound }),
    faults: faults.filter((fault) => virtualFaults[fault] === 'board'),
  });
  opened.push(virtual);
  const ownRig = inWriting ? undefined : await openRig(config, virtual, clock);
  const rig = ownRig && config.sound ? lostWithBoard(ownRig, config.name, virtual) : ownRig;
  if (rig !== undefined) opened.push(rig);
  const board = await openSerialBoard({
    ...console,
    port: virtual.ptyPath,
    baudRate: 115_200,
    resetLine: { reset: () => virtual.control.reset() },
  });
  opened.push(board);
  return { board, rig, virtual };
}

/**
 * The rig of a board.
 * @param virtual - The simulated board that a virtual rig plays to; undefined: the board is no simulation.
 */
export async function openRig(
  board: BoardConfig,
  virtual: Pick<VirtualBoardProcess, 'audioLink'> | undefined,
  clock: Clock,
): Promise<AudioRig> {
  const { name, rig } = board;
  const audioLink = virtual?.audioLink;
  if (audioLink !== undefined && rig !== undefined)
    return openVirtualRig({ name: rigNameOf(board), audioLink, clock, ...rig });
  throw new ConfigError(
    'HIL_RIG_UNAVAILABLE',
    `Board ${name} is asked by sound and has ${rig === undefined ? 'no rig in the bench file' : 'no audio link'}.`,
    { board: name },
  );
}

async function breakNow(
  fault: VirtualFault,
  provider: BenchProvider,
  virtual: VirtualBoardProcess | undefined,
): Promise<void> {
  if (fault === 'provider-killed') killed(provider);
  else if (fault === 'port-unplugged') await virtual?.control.unplug();
  else await virtual?.control.setFault(fault, true);
}

function killed({ name, kill }: BenchProvider): void {
  if (kill === undefined)
    throw new ConfigError('HIL_CONFIG_USAGE', `${name} is none of ours; it cannot be killed.`, { name });
  kill();
}
