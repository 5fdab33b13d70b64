import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describeDialect, type OpenBench } from '../bench';
import {
  loadScenario,
  readVariable,
  type BenchConfig,
  type BoardConfig,
  type ProviderConfig,
} from '../config';
import { corpusSha256, loadCorpus } from '../corpus';
import { isoNow, type Clock, type DialectDescription, type WallClock } from '../ports';
import { createRedactor, createRunStore, type RunRecord, type RunStore } from '../run';
import type { BenchProofOptions } from './bench-proof';
import type { HostInit, HostMessage } from './host-messages';
import type { TurnKeeping } from './turn-keeping';

/** What boards have to show, by whatever variable's name it comes: nobody else is to read it in a run. */
const credentialsOf = ({ provider }: BenchConfig): readonly string[] =>
  provider.kind === 'mock' || provider.kind === 'proxy'
    ? Object.values(provider.credentials ?? {}).map((name) => readVariable(name))
    : [];

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

/** The folder that a run is recorded in, opened with all that is known ahead. @throws RunError `HIL_RUN_STORE_FAILED`. */
export function openStore(
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

/** What is kept of core dumps: a board that crashes at each boot prints one at each boot. */
const MAX_CORE_DUMPS = 10;

/** Which sound card the run heard with, which calibration the round trip comes from, and what is doubtful about it. */
export function recordRig(
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
export const recordProof =
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

/** Everything that the bench says goes into the run as it happens. */
export function recordEverything(bench: OpenBench, store: RunStore, keeping: TurnKeeping): void {
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
