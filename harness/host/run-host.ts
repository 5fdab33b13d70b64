import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  benchOfBoard,
  chosenBoard,
  describeHolder,
  describeDialect,
  openBench,
  openDoors,
  type OpenBench,
  type SoundBench,
} from '../bench';
import {
  loadBench,
  loadScenario,
  readVariable,
  type BenchConfig,
  type BoardConfig,
  type ProviderConfig,
} from '../config';
import { corpusSha256, loadCorpus } from '../corpus';
import { closeAll, ConfigError, fromWireError, isHilError, toWireError, type Closable } from '../errors';
import {
  delay,
  isoNow,
  systemWallClock,
  type ChildLauncher,
  type Clock,
  type DialectDescription,
  type ProviderFault,
  type Scenario,
  type WallClock,
} from '../ports';
import { createRedactor, createRunStore, type RunRecord, type RunStore } from '../run';
import { SpeakerWatch } from '../turn';
import { BenchHealth } from './bench-health';
import { BenchProof, type BenchProofOptions } from './bench-proof';
import { FindingLog } from './finding-log';
import { OldEvents } from './old-events';
import { OrderedFaults } from './ordered-faults';
import { aloneOnBench, type Leave } from './parent-leave';
import { Room } from './room';
import type { HostInit, HostMessage } from './host-messages';
import { SoakClock } from './soak-clock';
import { SoundWorkshop } from './sound-workshop';
import type { BenchDescription } from './rpc/protocol';
import { serveRpc, type HostHandlers } from './rpc/server';
import { SessionKeeper } from './session-keeper';
import { soundStand, textStand, type Stand } from './stand';
import { TextSessions } from './text-sessions';
import { TakeLedger } from './take-ledger';
import { TextTurnTaker } from './text-turn-taker';
import { TurnKeeping } from './turn-keeping';
import { turnNetwork, worsens } from './turn-network';
import { turnBenchOf, TurnTaker } from './turn-taker';

/** A host that serves its suites. Closing it silences the rig, closes the bench and ends the run's files. */
export type RunningHost = Closable;

/** What boards have to show, by whatever variable's name it comes: nobody else is to read it in a run. */
const credentialsOf = ({ provider }: BenchConfig): readonly string[] =>
  provider.kind === 'mock' || provider.kind === 'proxy'
    ? Object.values(provider.credentials ?? {}).map((name) => readVariable(name))
    : [];

/** Names of the functions that the scenario has called for an utterance. */
const functionsFor = ({ turns }: Scenario, utterance: string): readonly string[] =>
  turns.find(({ heard }) => heard.includes(utterance))?.calls.map(({ name }) => name) ?? [];

/** A plugin's protocol is known once it is open; its name says as much. */
const providerWord = (provider: ProviderConfig): string =>
  provider.kind === 'plugin' ? provider.name : provider.protocol;

/** How the board reaches the real provider, for whoever reads the report. */
function wayOf({ kind }: ProviderConfig): { readonly way?: string } {
  if (kind === 'proxy') return { way: 'board ↔ proxy of the bench ↔ provider' };
  return kind === 'live' ? { way: 'board ↔ provider, unseen by the bench' } : {};
}

/** What is known of a rig before it is open. */
function rigOf({ name, rig }: BoardConfig): NonNullable<RunRecord['rig']> {
  const known =
    rig === undefined || rig.kind === 'virtual' ? { topology: 'virtual' as const, rateHz: 48_000 } : rig;
  return { name: `${name} rig`, topology: known.topology, rateHz: known.rateHz };
}

const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function openStore(
  init: Omit<HostInit, 'rpcAddress'>,
  config: BenchConfig,
  board: BoardConfig,
  clock: Clock,
  wallClock: WallClock,
): RunStore {
  const corpus = loadCorpus(config.corpusPath);
  const dialect: DialectDescription = describeDialect(board, config.plugins);
  return createRunStore({
    reportsPath: init.reportsPath,
    nowIso: isoNow(wallClock),
    redactor: createRedactor([...init.secrets, ...credentialsOf(config)]),
    record: {
      earshotVersion: init.earshotVersion,
      startedAtHostMs: clock.nowMs(),
      bench: { name: config.name, path: config.path },
      boards: [{ name: board.name, model: board.model, dialect }],
      ...(dialect.capabilities.includes('text') ? {} : { rig: rigOf(board) }),
      provider: {
        name: `${config.provider.kind} ${providerWord(config.provider)}`,
        protocol: providerWord(config.provider),
        ...wayOf(config.provider),
      },
      scenario: { name: loadScenario(config.scenarioPath).name, sha256: sha256Of(config.scenarioPath) },
      corpus: { path: config.corpusPath, sha256: corpusSha256(corpus), prompts: corpus.prompts.size },
      ...(init.conditions === undefined ? {} : { conditions: init.conditions }),
      ...(init.soak === undefined ? {} : { soak: init.soak }),
      faults: init.faults,
    },
  });
}

/** Something that closes at once, in the order of the others. */
const closing = (close: () => void): Closable => ({
  close: () => {
    close();
    return Promise.resolve();
  },
});

/** A test that watches longer watches for something else. */
const LONGEST_BOOT_WATCH_MS = 60_000;

/** Between two turns of a soak nothing takes longer. */
const LONGEST_REST_MS = 3_600_000;
/** Shorter ones are over before anybody has read of them. */
const SHOWN_REST_MS = 5_000;

/** What is kept of core dumps: a board that crashes at each boot prints one at each boot. */
const MAX_CORE_DUMPS = 10;

/** Which sound card the run heard with, which calibration the round trip comes from, and what is doubtful about it. */
function recordRig(
  { rig: open, calibration }: OpenBench,
  store: RunStore,
  clock: Clock,
  tell: (message: HostMessage) => void,
): void {
  const { used, warnings = [] } = calibration ?? {};
  const { rig } = store.record;
  const card = open?.card;
  const known = {
    ...(card === undefined ? {} : { card }),
    ...(used === undefined ? {} : { calibration: used }),
  };
  if (rig !== undefined && Object.keys(known).length > 0) store.update({ rig: { ...rig, ...known } });
  for (const text of warnings) {
    store.appendEvent('warning', { hostAtMs: clock.nowMs(), text });
    tell({ type: 'warning', text });
  }
}

/** Keeps what a preflight said, and tells its warnings. */
const recordProof =
  (store: RunStore, clock: Clock, tell: (message: HostMessage) => void): BenchProofOptions['record'] =>
  (checks, suite) => {
    store.appendEvent('preflight', {
      hostAtMs: clock.nowMs(),
      ...(suite === undefined ? {} : { suite }),
      checks,
    });
    for (const { state, id, seen } of checks) {
      // What was told before the run is known.
      if (state !== 'warn' || suite !== undefined) continue;
      const text = `${id}: ${seen}`;
      store.appendEvent('warning', { hostAtMs: clock.nowMs(), text });
      tell({ type: 'warning', text });
    }
  };

/** Crashes with what was looked up, and core dumps, which hold all that the board had in memory, keys included. */
function recordCrashes({ board, crashes }: OpenBench, store: RunStore): void {
  crashes.onCrash((crash, place) => store.appendEvent('crash', { ...place, ...crash }));
  let dumps = 0;
  crashes.onCoreDump(({ bytes, problem }, place) => {
    dumps += 1;
    const path = `${store.boardFolder(board.name)}/core-dumps/core-${dumps}.bin`;
    const isKept = dumps <= MAX_CORE_DUMPS;
    if (isKept) store.saveBytes(path, bytes, { mode: 0o600, isImage: true });
    store.appendEvent('core-dump', {
      ...place,
      sizeBytes: bytes.length,
      ...(isKept ? { path } : {}),
      ...(problem === undefined ? {} : { problem }),
    });
  });
}

/** What was thrown, with what triage knows of it where it is a crash. */
async function triagedError({ crashes }: OpenBench, thrown: unknown): Promise<unknown> {
  if (!isHilError(thrown) || thrown.code !== 'HIL_BOARD_PANIC') return thrown;
  return fromWireError(await crashes.triaged(toWireError(thrown)));
}

/** Everything that the bench says goes into the run as it happens. */
function recordEverything(bench: OpenBench, store: RunStore, keeping: TurnKeeping): void {
  const sink = store.consoleSink(bench.board.name);
  bench.board.console.onBytes((bytes, hostAtMs) => sink.bytes(bytes, hostAtMs));
  bench.board.console.onLine((line) => sink.line(line));
  recordCrashes(bench, store);
  bench.provider.onEvent((event) => keeping.event('provider', { ...event }));
  bench.board.onEvent((event) => {
    keeping.event('board', { ...event });
    if (event.type === 'firmware' || event.type === 'generation') {
      const { firmware } = bench.board;
      if (firmware === undefined) return;
      store.update({ boards: store.record.boards.map((board) => ({ ...board, firmware })) });
    }
  });
}

/** A bench that is open, with the folder that it is recorded in and what may be asked of it. */
export interface OpenHost extends Closable {
  readonly bench: OpenBench;
  readonly store: RunStore;
  /** The calls of the suites, in this process. */
  readonly handlers: HostHandlers;
  /** True for an error that a finding was written for. */
  wasRecorded(error: unknown): boolean;
}

/**
 * Opens the run folder and the bench, then serves the suites until closed.
 * @param signal - Ends the waiting for a board that somebody else has.
 * @throws HilError what did not open; where the run folder exists by then, the finding is in it.
 */
export async function runHost(
  init: HostInit,
  launch: ChildLauncher,
  clock: Clock,
  tell: (message: HostMessage) => void,
  leave: Leave,
  signal?: AbortSignal,
): Promise<RunningHost> {
  const host = await openHost(init, launch, clock, tell, signal, leave);
  const opened: Closable[] = [host];
  try {
    const rpc = await serveRpc(init.rpcAddress, host.handlers, (error) => host.wasRecorded(error));
    // Closed in reverse: the sound stops first, whatever else takes its time.
    opened.push(
      rpc,
      closing(() => host.bench.rig?.mute()),
    );
    tell({ type: 'ready', address: rpc.address });
    return { close: () => closeAll(opened) };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

/**
 * Opens the run folder and the bench, and serves nobody.
 * @param leave - Whom it asks where boards of other hosts are to be waited for.
 * @throws HilError as `runHost`.
 */
export async function openHost(
  init: Omit<HostInit, 'rpcAddress'>,
  launch: ChildLauncher,
  clock: Clock,
  tell: (message: HostMessage) => void,
  signal?: AbortSignal,
  leave: Leave = aloneOnBench,
  wallClock = systemWallClock,
): Promise<OpenHost> {
  const config = benchOfBoard(loadBench(init.benchPath, init.overrides), init.boardName);
  const boardConfig = chosenBoard(config, init.boardName);
  const store = openStore(init, config, boardConfig, clock, wallClock);
  const opened: Closable[] = [store];
  tell({ type: 'stored', runId: store.runId, runPath: store.path });
  const ordered = new OrderedFaults(willOf(config).faults);
  const findings = new FindingLog(
    clock,
    (finding) => {
      store.appendFinding(finding);
      if (store.failure !== undefined) tell({ type: 'unrecorded', finding });
    },
    ordered,
  );
  // A disk that is full tells nobody by itself: what it did not take looks as if it had not happened.
  store.onFailed((failure) => findings.recordThrown(failure));
  try {
    const activity = (text: string): void => tell({ type: 'activity', text });
    const { capabilities } = describeDialect(boardConfig, config.plugins);
    const isHeard = init.heardByOthers === true && !capabilities.includes('text');
    let hush = (): Promise<void> => Promise.resolve();
    const room = new Room(leave, isHeard, () => hush());
    if (isHeard && !capabilities.includes('session-commands')) {
      const text = `Board ${boardConfig.name} cannot be told to end its session: it goes on listening, and may answer what the boards that it hears are asked.`;
      store.appendEvent('warning', { hostAtMs: clock.nowMs(), text });
      tell({ type: 'warning', text });
    }
    if (isHeard) activity('waiting for the boards that hear it');
    // A board that boots greets aloud.
    await room.enter();
    activity(`opening bench ${config.name}`);
    const keeping = new TurnKeeping(store, init.soak?.keepEvery ?? 1);
    opened.push(closing(() => keeping.close()));
    const bench = await openBench({
      config,
      boardName: init.boardName,
      faults: init.faults,
      launch,
      clock,
      wallClock,
      holder: {
        command: 'earshot run',
        ...init.holder,
        ...(signal === undefined ? {} : { signal }),
        // Its parent ends a run in order; this process leaves signals to it.
        leaderPid: process.ppid,
        onWait: (other) =>
          activity(`waiting for ${describeHolder(other, clock.nowMs())} to give the board back`),
      },
    });
    opened.push(bench);
    const { provider: reached, timeAddress } = bench;
    const urls = [reached.url, ...(reached.tlsUrl === undefined ? [] : [reached.tlsUrl])];
    for (const text of openDoors(config, urls, timeAddress)) {
      store.appendEvent('listening', { hostAtMs: clock.nowMs(), text });
      tell({ type: 'note', text });
    }
    recordEverything(bench, store, keeping);
    const oldEvents = new OldEvents(bench);
    keeping.onTurn(() => oldEvents.turnEnded());
    recordRig(bench, store, clock, tell);
    activity(`proving bench ${config.name}`);
    const { parts: benchParts } = bench;
    const proof =
      benchParts &&
      new BenchProof({
        config,
        parts: benchParts,
        reportsPath: init.reportsPath,
        clock,
        record: recordProof(store, clock, tell),
      });
    await proof?.beforeRun();
    const health = new BenchHealth(bench, (cause) => findings.recordThrown(cause));
    const parts: StandParts = {
      init,
      config,
      boardConfig,
      store,
      keeping,
      findings,
      health,
      clock,
      wallClock,
      tell,
    };
    const stand =
      bench.rig === undefined
        ? standInWriting(bench, parts)
        : standWithSound({ ...bench, rig: bench.rig }, parts, opened);
    hush = () => stand.hush();
    await room.leave();
    const description = describe(init, bench, config, store);
    const serving = {
      ...{ init, bench, config, description, stand, findings, health, store, keeping, clock, tell },
      ...{ leave, room, proof },
    };
    return {
      bench,
      store,
      handlers: handlersOf(serving),
      wasRecorded: (error) => findings.wasRecorded(error),
      close: () => closeAll(opened),
    };
  } catch (cause) {
    findings.recordThrown(cause);
    await closeAll(opened);
    throw cause;
  }
}

const describe = (
  { turns, soak }: Pick<HostInit, 'turns' | 'soak'>,
  bench: OpenBench,
  config: BenchConfig,
  store: RunStore,
): BenchDescription => ({
  runId: store.runId,
  runPath: store.path,
  boardName: bench.board.name,
  boardModel: bench.board.model,
  dialect: bench.board.dialect,
  providerName: bench.provider.name,
  ...(bench.provider.unwatched === true ? { unwatched: true as const } : {}),
  prompts: [...bench.corpus.prompts.values()].map(
    ({ id, utterance, language, voice, transcript, recognisable }) => ({
      id,
      utterance,
      language,
      voice,
      transcript,
      recognisable: recognisable !== false,
      calls: functionsFor(bench.scenario, utterance),
    }),
  ),
  turns,
  playbackGainDb: config.turn.playbackGainDb,
  ...(soak === undefined ? {} : { soak }),
});

/** What turns are taken with, whichever kind they are of. */
interface StandParts {
  readonly init: Omit<HostInit, 'rpcAddress'>;
  readonly config: BenchConfig;
  readonly boardConfig: BoardConfig;
  readonly store: RunStore;
  readonly keeping: TurnKeeping;
  readonly findings: FindingLog;
  readonly health: BenchHealth;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly tell: (message: HostMessage) => void;
}

function standWithSound(bench: SoundBench, parts: StandParts, opened: Closable[]): Stand {
  const { init, config, store, keeping, findings, health, clock, tell } = parts;
  const watch = new SpeakerWatch(bench.rig);
  const workshop = new SoundWorkshop(store.path);
  opened.push(workshop);
  const turnBench = turnBenchOf(bench, store, clock);
  const keeper = new SessionKeeper(bench, turnBench, watch, config.turn);
  const taker = new TurnTaker(
    bench,
    turnBench,
    watch,
    config.turn,
    keeper,
    workshop,
    keeping,
    findings,
    health,
    init.faults,
    new TakeLedger(config.turn),
  );
  return soundStand(bench.board.name, keeper, taker, tell);
}

/** What the bench has asked to go wrong; a proxy only hands on. */
const willOf = ({
  provider,
}: BenchConfig): { readonly faults: readonly ProviderFault[]; readonly network: boolean } =>
  provider.kind === 'mock'
    ? { faults: provider.faults, network: worsens(provider.network) }
    : { faults: [], network: false };

function standInWriting(bench: OpenBench, parts: StandParts): Stand {
  const { init, config, boardConfig, keeping, findings, health, clock, wallClock, tell } = parts;
  const sessions = new TextSessions(bench);
  const taker = new TextTurnTaker(
    bench,
    {
      board: bench.board,
      provider: bench.provider,
      clock,
      unixNowMs: wallClock,
      timeQuestions: bench.timeQuestions,
    },
    {
      deadlineMs: config.turn.deadlineMs,
      requestMs: boardConfig.sessionTimeoutMs,
      retakes: config.turn.retakes,
    },
    willOf(config),
    sessions,
    keeping,
    findings,
    health,
    init.faults,
  );
  return textStand(bench.board.name, sessions, taker, tell);
}

interface Serving {
  readonly init: Omit<HostInit, 'rpcAddress'>;
  readonly bench: OpenBench;
  readonly config: BenchConfig;
  readonly description: BenchDescription;
  readonly stand: Stand;
  readonly findings: FindingLog;
  readonly health: BenchHealth;
  readonly proof: BenchProof | undefined;
  readonly store: RunStore;
  readonly keeping: TurnKeeping;
  readonly clock: Clock;
  readonly tell: (message: HostMessage) => void;
  readonly leave: Leave;
  readonly room: Room;
}

/** The calls of the suites, each refusing on a broken bench and recording what it throws. */
function handlersOf({
  init,
  bench,
  config,
  description,
  stand,
  findings,
  health,
  proof,
  store,
  keeping,
  clock,
  tell,
  leave,
  room,
}: Serving): HostHandlers {
  const { board } = bench;
  const soak = new SoakClock(clock, board, init.soak, () => health.assertWhole());
  const guarded =
    <P, R>(handle: (params: P) => Promise<R>) =>
    async (params: P): Promise<R> => {
      try {
        health.assertWhole();
        store.assertRoom();
        return await handle(params);
      } catch (cause) {
        const thrown = await triagedError(bench, cause);
        findings.recordThrown(thrown);
        throw thrown;
      }
    };
  return {
    describe: () => Promise.resolve(description),
    turn: guarded(async ({ promptId, interruption, crashAfterMs, network, conditions, survey }) => {
      await room.enter();
      return stand.turn(promptId, {
        interruption,
        crashAfterMs,
        network: turnNetwork(config.provider, network),
        conditions: { ...init.conditions, ...conditions },
        survey,
      });
    }),
    ask: guarded(async ({ promptId, fault, network }) =>
      stand.ask(promptId, fault, turnNetwork(config.provider, network)),
    ),
    newSession: guarded(async () => {
      await room.enter();
      tell({ type: 'activity', text: `session ${stand.session + 1}: resetting ${board.name}` });
      return health.attend(() => stand.openSession());
    }),
    rest: guarded(async ({ forMs }) => {
      if (!(forMs >= 0 && forMs <= LONGEST_REST_MS))
        throw new ConfigError(
          'HIL_CONFIG_USAGE',
          `The board is to rest for ${forMs} ms; 0 to ${LONGEST_REST_MS} ms can be waited for.`,
          { forMs },
        );
      if (forMs >= SHOWN_REST_MS) tell({ type: 'activity', text: `resting ${Math.round(forMs / 1_000)} s` });
      const result = await soak.rest(forMs);
      tell({ type: 'rested', ...result });
      return result;
    }),
    reset: guarded(async () => {
      await room.enter();
      const firstLine = board.console.cursor();
      stand.spoil();
      await bench.crashes.settled();
      await health.attend(() => board.reset());
      return { firstLine };
    }),
    send: guarded(async ({ command }) => {
      const firstLine = board.console.cursor();
      await board.send(command);
      return { firstLine };
    }),
    expectLine: guarded(async ({ source, flags, withinMs, from }) => {
      const options = { withinMs, ...(from === undefined ? {} : { from }) };
      return (await board.console.expect(new RegExp(source, flags), options)).line;
    }),
    boots: guarded(async ({ from, forMs }) => {
      if (!(forMs >= 0 && forMs <= LONGEST_BOOT_WATCH_MS))
        throw new ConfigError(
          'HIL_CONFIG_USAGE',
          `Boots are to be watched for ${forMs} ms; 0 to ${LONGEST_BOOT_WATCH_MS} ms can be waited for.`,
          { forMs },
        );
      if (forMs > 0) await delay(clock, forMs);
      return board.boots.filter(({ lastLine }) => lastLine >= from);
    }),
    lines: ({ from }) => Promise.resolve(board.console.lines.filter(({ index }) => index >= from)),
    suiteStarted: async ({ file }) => {
      // What is played then, others in the room hear.
      if (!stand.isRigShown) await room.enter();
      if ((await proof?.beforeSuite(file, stand.isRigShown, health)) === true) stand.spoil();
      await room.leave();
      return null;
    },
    testStarted: async ({ name, file }) => {
      const isMine = init.sharesTests !== true || (await leave.ask({ what: 'test', file, name }));
      if (!isMine) return { isMine };
      // Here, where no test's time runs, and not in its first turn.
      await room.enter();
      findings.currentTest = name;
      tell({ type: 'activity', text: name });
      return { isMine };
    },
    testFinished: async ({ test }) => {
      findings.currentTest = undefined;
      store.appendTest(test);
      keeping.tell();
      tell({ type: 'test', test });
      await room.leave();
      return null;
    },
    fileFinished: ({ file }) => {
      tell({ type: 'file', file });
      return Promise.resolve(null);
    },
    finding: ({ finding }) => {
      findings.record(finding);
      return Promise.resolve(null);
    },
    bound: ({ bound }) => {
      const test = findings.currentTest;
      store.appendBound({
        ...bound,
        hostAtMs: clock.nowMs(),
        ...(test === undefined ? {} : { test }),
      });
      return Promise.resolve(null);
    },
  };
}
