import type { OpenBench } from '../bench';
import type { BenchConfig } from '../config';
import { ConfigError, fromWireError, isHilError, toWireError } from '../errors';
import { delay, type Clock, type Scenario } from '../ports';
import type { RunStore } from '../run';
import type { BenchHealth } from './bench-health';
import type { BenchProof } from './bench-proof';
import type { FindingLog } from './finding-log';
import type { HostInit, HostMessage } from './host-messages';
import type { Leave } from './parent-leave';
import type { Room } from './room';
import type { BenchDescription } from './rpc/protocol';
import type { HostHandlers } from './rpc/server';
import { SoakClock } from './soak-clock';
import type { Stand } from './stand';
import type { TurnKeeping } from './turn-keeping';
import { turnNetwork } from './turn-network';

/** Names of the functions that the scenario has called for an utterance. */
const functionsFor = ({ turns }: Scenario, utterance: string): readonly string[] =>
  turns.find(({ heard }) => heard.includes(utterance))?.calls.map(({ name }) => name) ?? [];

/** A test that watches longer watches for something else. */
const LONGEST_BOOT_WATCH_MS = 60_000;

/** Between two turns of a soak nothing takes longer. */
const LONGEST_REST_MS = 3_600_000;
/** Shorter ones are over before anybody has read of them. */
const SHOWN_REST_MS = 5_000;

/** What was thrown, with what triage knows of it where it is a crash. */
async function triagedError({ crashes }: OpenBench, thrown: unknown): Promise<unknown> {
  if (!isHilError(thrown) || thrown.code !== 'HIL_BOARD_PANIC') return thrown;
  return fromWireError(await crashes.triaged(toWireError(thrown)));
}

/** What suites are told of a bench. */
export const describeBench = (
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

/** What the calls of the suites are answered with. */
export interface Serving {
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
export function handlersOf({
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
