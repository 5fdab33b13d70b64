import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError } from '../errors';
import type {
  Argv,
  DirectionShape,
  LinkCut,
  NetworkShape,
  PowerChoice,
  ProviderProtocol,
  ResetChoice,
} from '../ports';
import type {
  BenchConfig,
  BoardConfig,
  NtpConfig,
  ProviderConfig,
  RigConfig,
  TurnConfig,
  VirtualRigConfig,
  VirtualSoundConfig,
} from './bench-config';
import { benchFile, type BenchFile } from './bench-schema';
import { deepFreeze } from './deep-freeze';
import { didYouMean } from './nearest';
import { packageRoot } from './package-root';
import { readYamlFile } from './yaml-file';

type FileBoard = BenchFile['boards'][number];
type FileRig = NonNullable<FileBoard['rig']>;

/** What a command line changes on a bench. Absent or undefined: as the file says. Paths are relative to the working folder. */
export interface BenchOverrides {
  /** Names of the boards to keep, in this order; all of them if empty. */
  readonly boards?: readonly string[] | undefined;
  readonly corpusPath?: string | undefined;
  readonly scenarioPath?: string | undefined;
  readonly budgetsPath?: string | undefined;
  /** Another provider in place of the file's: its settings that both kinds have stay. */
  readonly provider?:
    { readonly kind: 'mock' | 'proxy' | 'live'; readonly protocol: ProviderProtocol } | undefined;
  readonly turn?: Partial<TurnConfig> | undefined;
  /** What was written into the boards, and the file that the flash of a virtual one is in. Default of that: as the bench says. */
  readonly flashed?: { readonly imagePath: string; readonly flashPath?: string } | undefined;
}

/**
 * A bench file with defaults filled in, durations in ms and paths absolute, frozen. The files that it names are not
 * opened. Nothing is taken from the environment.
 * @throws ConfigError as `readYamlFile` does; `HIL_CONFIG_USAGE` for a board that the bench does not have.
 */
export function loadBench(path: string, overrides: BenchOverrides = {}): BenchConfig {
  const file = readYamlFile(path, benchFile, 'bench file');
  const absolutePath = resolve(path);
  const choose = (override: string | undefined, written: string | undefined): string | undefined => {
    if (override !== undefined) return resolve(override);
    return written === undefined ? undefined : resolve(dirname(absolutePath), written);
  };
  return deepFreeze({
    path: absolutePath,
    name: file.name ?? basename(path, extname(path)),
    corpusPath: choose(overrides.corpusPath, file.corpus) ?? packaged('fixtures'),
    scenarioPath:
      choose(overrides.scenarioPath, file.scenario) ?? packaged('fixtures/scenarios/voice-assistant.yaml'),
    budgetsPath: choose(overrides.budgetsPath, file.budgets),
    boards: chosenBoards(
      file.boards.map((board): BoardConfig => {
        const own = board.provider && providerOf(board.provider, file.plugins, dirname(absolutePath));
        return {
          ...flashedWith(boardOf(board, dirname(absolutePath)), overrides.flashed),
          ...(own === undefined ? {} : { provider: overridden(own, overrides.provider) }),
        };
      }),
      overrides.boards ?? [],
      path,
    ),
    plugins: file.plugins.map((plugin) => resolve(dirname(absolutePath), plugin)),
    provider: overridden(providerOf(file.provider, file.plugins, dirname(absolutePath)), overrides.provider),
    ntp: file.ntp && ntpOf(file.ntp),
    turn: {
      quietMs: file.turn.quiet,
      deadlineMs: file.turn.deadline,
      playbackGainDb: file.turn.playbackGainDb,
      retakes: file.turn.retakes,
      badTakes: file.turn.badTakes,
      ...overrides.turn,
    },
  });
}

const packaged = (path: string): string => join(packageRoot(), path);

/** The file's provider, or another kind of it that listens in the same place. */
function flashedWith(board: BoardConfig, flashed: BenchOverrides['flashed']): BoardConfig {
  if (flashed === undefined) return board;
  const { imagePath, flashPath } = flashed;
  return board.kind === 'virtual' && flashPath !== undefined
    ? { ...board, imagePath, flashPath }
    : { ...board, imagePath };
}

function overridden(provider: ProviderConfig, override: BenchOverrides['provider']): ProviderConfig {
  if (override === undefined) return provider;
  const { kind, protocol } = override;
  if (provider.kind === kind && provider.protocol === protocol) return provider;
  const { host } = provider;
  if (kind === 'live') return { kind, protocol, host, upstreamUrl: undefined };
  const port = provider.kind === 'live' ? 0 : provider.port;
  const { tls, certsPath, credentials } =
    provider.kind === 'plugin' || provider.kind === 'live'
      ? { tls: false, certsPath: undefined, credentials: undefined }
      : provider;
  // Of another protocol they would be other names.
  const known = provider.kind !== 'plugin' && provider.protocol === protocol ? credentials : undefined;
  const listening = { host, port, tls, certsPath, credentials: known };
  if (kind === 'mock') {
    const asItComes = {
      tlsPort: 0,
      faults: [],
      network: undefined,
      replayPath: undefined,
    };
    return { kind, protocol, ...listening, ...asItComes, dialect: 'ga', toolRace: 'lenient' };
  }
  const asItComes = {
    upstreamUrl: undefined,
    upstreamTransport: 'websocket',
    cassettePath: undefined,
  } as const;
  return { kind, protocol, ...listening, ...asItComes };
}

function providerOf(
  written: BenchFile['provider'],
  plugins: BenchFile['plugins'],
  folder: string,
): ProviderConfig {
  const pathOf = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path);
  if (written.kind === 'proxy') {
    const { certs, credentials, upstream, cassette, ...rest } = written;
    const paths = { certsPath: pathOf(certs), cassettePath: pathOf(cassette) };
    return { ...rest, ...paths, credentials, upstreamUrl: upstream };
  }
  if (written.kind === 'live') {
    const { upstream: upstreamUrl, ...rest } = written;
    return { ...rest, upstreamUrl };
  }
  if (written.kind === 'plugin') {
    return { ...written, options: written.options, plugins: plugins.map((path) => resolve(folder, path)) };
  }
  const { certs, credentials, network, replay, ...rest } = written;
  const shape = network && networkOf(network);
  return { ...rest, certsPath: pathOf(certs), credentials, network: shape, replayPath: pathOf(replay) };
}

type FileNetwork = NonNullable<Extract<BenchFile['provider'], { readonly kind: 'mock' }>['network']>;

const directionOf = ({
  delay,
  jitter,
  reorder,
  ...rest
}: Omit<FileNetwork, 'up' | 'down' | 'cut' | 'delay' | 'jitter'> & {
  readonly delay?: number;
  readonly jitter?: number;
}): DirectionShape => ({
  ...(delay === undefined ? {} : { delayMs: delay }),
  ...(jitter === undefined ? {} : { jitterMs: jitter }),
  ...(reorder === undefined ? {} : { reorder: { rate: reorder.rate, byMs: reorder.by } }),
  ...rest,
});

function networkOf({ up, down, cut, ...both }: FileNetwork): NetworkShape {
  return {
    ...directionOf(both),
    ...(up === undefined ? {} : { up: directionOf(up) }),
    ...(down === undefined ? {} : { down: directionOf(down) }),
    ...(cut === undefined ? {} : { cut: cutOf(cut) }),
  };
}

const cutOf = ({ lasts, ...cut }: NonNullable<FileNetwork['cut']>): LinkCut => ({
  ...cut,
  ...(lasts === undefined ? {} : { lastsMs: lasts }),
});

const ntpOf = ({ port, answers }: NonNullable<BenchFile['ntp']>): NtpConfig => ({
  port,
  answers: answers.map(({ skew, kissOfDeath, silence }) => {
    if (kissOfDeath !== undefined) return { kissOfDeath };
    return silence === true ? { silence } : { skewMs: skew ?? 0 };
  }),
});

/** A name is looked for where the shell looks; a path is relative to the bench file. */
const programOf = (program: string, folder: string): string =>
  program.includes('/') ? resolve(folder, program) : program;

function boardOf(board: FileBoard, folder: string): BoardConfig {
  const shared = {
    name: board.name,
    model: board.model,
    dialect: board.dialect,
    ...(board.readsConsole === undefined ? {} : { readsConsole: board.readsConsole }),
    ...(board.image === undefined ? {} : { imagePath: resolve(folder, board.image) }),
    ...(board.elf === undefined ? {} : { elfPath: resolve(folder, board.elf) }),
    ...(board.addr2line === undefined ? {} : { addr2line: programOf(board.addr2line, folder) }),
    bootTimeoutMs: board.bootTimeout,
    sessionTimeoutMs: board.sessionTimeout,
    ...(board.isolation === undefined ? {} : { isolation: board.isolation }),
    rig: board.rig && rigOf(board.rig, folder),
  };
  return board.kind === 'serial'
    ? {
        kind: 'serial',
        ...shared,
        port: board.port,
        baudRate: board.baudRate,
        reattachMs: board.reattach,
        reset: resetOf(board.reset),
        ...(board.power === undefined ? {} : { power: powerOf(board.power, folder) }),
      }
    : {
        kind: 'virtual',
        ...shared,
        crystalPpm: board.crystalPpm,
        ...(board.addressAfter === undefined ? {} : { addressAfterMs: board.addressAfter }),
        ...(board.markers ? { markers: true as const } : {}),
        firmwareDialect: board.firmwareDialect ?? board.dialect,
        ...(board.question === undefined ? {} : { question: board.question }),
        ...(board.flash === undefined ? {} : { flashPath: resolve(folder, board.flash) }),
        ...(board.sound === undefined ? {} : { sound: soundOf(board.sound, folder) }),
      };
}

type FileSound = NonNullable<Extract<FileBoard, { readonly kind: 'virtual' }>['sound']>;

const soundOf = ({ buffer, record, ...sound }: FileSound, folder: string): VirtualSoundConfig => ({
  ...sound,
  bufferMs: buffer,
  ...(record === undefined ? {} : { recordPath: resolve(folder, record) }),
});

type FileSerialBoard = Extract<FileBoard, { readonly kind: 'serial' }>;

const resetOf = (written: FileSerialBoard['reset']): ResetChoice => {
  if (written === 'auto') return written;
  return typeof written === 'string' || 'sequence' in written ? [written] : written;
};

function powerOf(power: NonNullable<FileSerialBoard['power']>, folder: string): PowerChoice {
  const { uhubctl, command, plugin = '', options, offTime: offMs, timeout: timeoutMs } = power;
  const times = { offMs, timeoutMs };
  const argvOf = ([program, ...args]: Argv): Argv => [programOf(program, folder), ...args];
  if (uhubctl !== undefined)
    return { kind: 'uhubctl', ...times, ...uhubctl, program: programOf(uhubctl.program, folder) };
  const { cycle, off, on } = command ?? {};
  if (cycle !== undefined) return { kind: 'cycle-command', ...times, cycle: argvOf(cycle) };
  if (off !== undefined && on !== undefined)
    return { kind: 'switch-command', ...times, off: argvOf(off), on: argvOf(on) };
  return { kind: 'plugin', ...times, plugin, options };
}

function rigOf(written: FileRig, folder: string): RigConfig {
  const { calibration, calibrationMaxAge, acousticDelay, ...rig } = written;
  const shared = {
    ...(calibration === undefined ? {} : { calibrationPath: resolve(folder, calibration) }),
    calibrationMaxAgeMs: calibrationMaxAge,
    ...(acousticDelay === undefined ? {} : { acousticDelayMs: acousticDelay }),
  };
  if (rig.kind === 'virtual') return { ...shared, ...virtualRigOf(rig) };
  const { rate: rateHz, topology, roundTrip, ...card } = rig;
  return {
    ...shared,
    ...card,
    rateHz,
    topology: topology ?? (card.channels.loopback === undefined ? 'bleed' : 'loopback'),
    ...(roundTrip === undefined
      ? {}
      : { roundTrip: { ms: roundTrip.delay, uncertaintyMs: roundTrip.uncertainty } }),
  };
}

type FileVirtualRig = Extract<FileRig, { readonly kind: 'virtual' }>;

function virtualRigOf({
  room,
  paths,
  ...rig
}: Omit<FileVirtualRig, 'calibration' | 'calibrationMaxAge' | 'acousticDelay'>): Omit<
  VirtualRigConfig,
  'calibrationMaxAgeMs'
> {
  const pathOf = ({ gainDb, delay }: { readonly gainDb: number; readonly delay: number }) => ({
    gainDb,
    delayMs: delay,
  });
  return {
    ...rig,
    room: { rt60Ms: room.rt60, directToReverberantDb: room.directToReverberantDb },
    paths: {
      playbackToMic: pathOf(paths.playbackToMic),
      playbackToSpeakerChannel: pathOf(paths.playbackToSpeakerChannel),
      boardToMic: pathOf(paths.boardToMic),
      boardToSpeakerChannel: pathOf(paths.boardToSpeakerChannel),
    },
  };
}

function chosenBoards(
  boards: readonly BoardConfig[],
  names: readonly string[],
  path: string,
): readonly BoardConfig[] {
  if (names.length === 0) return boards;
  const present = boards.map(({ name }) => name);
  return [...new Set(names)].map((name) => {
    const board = boards.find((candidate) => candidate.name === name);
    if (board !== undefined) return board;
    const hint = didYouMean(name, present) || `; it has ${present.join(', ')}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', `Bench ${path} has no board ${name}${hint}`, {
      path,
      name,
      present,
    });
  });
}
