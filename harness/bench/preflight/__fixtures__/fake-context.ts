import { loadBench, packageRoot, type BenchConfig, type BoardConfig } from '../../../config';
import { join } from 'node:path';
import { systemClock } from '../../../ports';
import { describeDialect, type BenchParts } from '../../bench-parts';
import type { Lease } from '../../lease';
import type { CheckContext } from '../check';
import type { Machine } from '../machine';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const GIB = 2 ** 30;

/** A machine on which all is well; a test breaks what it is about. */
export const fakeMachine = (changes: Partial<Machine> = {}): Machine => ({
  unixNowMs: () => NOW_MS,
  builtAtUnixMs: () => Promise.resolve(NOW_MS - 86_400_000),
  isClockKept: () => Promise.resolve(true),
  serialPorts: () => Promise.resolve([]),
  device: () =>
    Promise.resolve({ mode: 'rw-rw----', owner: 'root', group: 'dialout', mayReadAndWrite: true }),
  account: () => Promise.resolve({ user: 'ada', groups: ['ada', 'dialout'], listedGroups: ['dialout'] }),
  holderOf: () => Promise.resolve(undefined),
  mayRun: () => Promise.resolve(true),
  space: (folder) => Promise.resolve({ folder, freeBytes: 50 * GIB, freeFiles: 1e6, mayWrite: true }),
  addresses: () => ['192.168.7.2'],
  reach: () => Promise.resolve(),
  ...changes,
});

const nothingOpens = (): Promise<never> => Promise.reject(new Error('this test opens no such part'));

/** Parts of a bench, of which a test gives those that its check asks for. */
export const fakeParts = (boardConfig: BoardConfig, changes: Partial<BenchParts> = {}): BenchParts => ({
  boardConfig,
  dialect: describeDialect(boardConfig),
  corpus: { prompts: new Map(), replies: new Map() },
  scenario: {} as BenchParts['scenario'],
  provider: nothingOpens,
  time: () => Promise.resolve(undefined),
  virtual: () => Promise.resolve(undefined),
  portPath: () => Promise.resolve('/dev/ttyUSB7'),
  lease: () => Promise.resolve({ record: {} as Lease['record'], close: () => Promise.resolve() }),
  board: nothingOpens,
  rig: nothingOpens,
  wrongProject: () => undefined,
  close: () => Promise.resolve(),
  ...changes,
});

const virtual = loadBench(join(packageRoot(), 'fixtures/benches/virtual.yaml'));

/** A board of metal on a serial port, as a bench file would have it. */
export const serialBoard: BoardConfig = {
  name: 'korvo-1',
  model: 'ESP32-S3-Korvo-2',
  dialect: 'realtime-ws',
  bootTimeoutMs: 20_000,
  sessionTimeoutMs: 30_000,
  rig: undefined,
  kind: 'serial',
  port: '/dev/ttyUSB7',
  baudRate: 115_200,
  reattachMs: 5_000,
  reset: 'auto',
};

export const virtualBoard = virtual.boards[0]!;

/** The virtual bench of the package, with other values of its file. */
export const benchWith = (changes: Partial<BenchConfig> = {}): BenchConfig => ({ ...virtual, ...changes });

export interface FakeContext {
  readonly config?: BenchConfig;
  readonly board?: BoardConfig;
  readonly parts?: Partial<BenchParts>;
  readonly machine?: Partial<Machine>;
  readonly context?: Partial<CheckContext>;
}

/** What a check is run on: a serial board on a whole bench, but for what the test says. */
export const fakeContext = ({
  config = benchWith(),
  board = serialBoard,
  parts,
  machine,
  context,
}: FakeContext = {}): CheckContext => ({
  config,
  parts: fakeParts(board, parts),
  machine: fakeMachine(machine),
  clock: systemClock,
  reportsPath: '/srv/reports',
  mayReset: false,
  sound: () => Promise.reject(new Error('this test plays nothing')),
  talk: () => Promise.reject(new Error('this test says nothing')),
  signal: new AbortController().signal,
  ...context,
});
