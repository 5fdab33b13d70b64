import {
  benchOfBoard,
  chosenBoard,
  describeDialect,
  describeHolder,
  openBench,
  openDoors,
  type OpenBench,
  type SoundBench,
} from '../bench';
import { loadBench, type BenchConfig, type BoardConfig } from '../config';
import { closeAll, type Closable } from '../errors';
import {
  systemWallClock,
  type ChildLauncher,
  type Clock,
  type ProviderFault,
  type WallClock,
} from '../ports';
import type { RunStore } from '../run';
import { SpeakerWatch } from '../turn';
import { BenchHealth } from './bench-health';
import { BenchProof } from './bench-proof';
import { FindingLog } from './finding-log';
import { describeBench, handlersOf } from './host-handlers';
import type { HostInit, HostMessage } from './host-messages';
import { OldEvents } from './old-events';
import { OrderedFaults } from './ordered-faults';
import { aloneOnBench, type Leave } from './parent-leave';
import { Room } from './room';
import { serveRpc, type HostHandlers } from './rpc/server';
import { openStore, recordEverything, recordProof, recordRig } from './run-recording';
import { SessionKeeper } from './session-keeper';
import { SoundWorkshop } from './sound-workshop';
import { soundStand, textStand, type Stand } from './stand';
import { TakeLedger } from './take-ledger';
import { TextSessions } from './text-sessions';
import { TextTurnTaker } from './text-turn-taker';
import { TurnKeeping } from './turn-keeping';
import { worsens } from './turn-network';
import { turnBenchOf, TurnTaker } from './turn-taker';

/** A host that serves its suites. Closing it silences the rig, closes the bench and ends the run's files. */
export type RunningHost = Closable;

/** Something that closes at once, in the order of the others. */
const closing = (close: () => void): Closable => ({
  close: () => {
    close();
    return Promise.resolve();
  },
});

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
    keeping.onTurn(() => {
      oldEvents.turnEnded();
      keeping.trimConsole(store.consoleSink(bench.board.name));
    });
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
    const description = describeBench(init, bench, config, store);
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
