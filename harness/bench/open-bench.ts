import {
  ADDR2LINE_PROGRAMS,
  CrashWatch,
  elfInWorker,
  elfOfBoard,
  elfThroughAddr2line,
  type ElfLookup,
  type VirtualBoardProcess,
} from '../board';
import type { BoardConfig } from '../config';
import { closeAll, ConfigError, type Closable } from '../errors';
import {
  isoNow,
  type AudioRig,
  type Board,
  type Corpus,
  type Scenario,
  type TimeQuestion,
  type VoiceProvider,
} from '../ports';
import { withRoundTrip, type AppliedCalibration } from '../rig';
import { benchParts, type BenchParts, type BenchPartsOptions, type BenchProvider } from './bench-parts';
import { calibrationFor } from './rig-calibration';

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
  'slow-leak': 'board',
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
  /** The same parts, for whoever looks at them one by one. */
  readonly parts?: BenchParts;
  readonly provider: VoiceProvider;
  readonly corpus: Corpus;
  readonly scenario: Scenario;
  /** What its time server has been asked so far, oldest first; absent: it has none. */
  readonly timeQuestions?: readonly TimeQuestion[] | undefined;
  /** Where that is, `host:port`. */
  readonly timeAddress?: string | undefined;
  /** Breaks a virtual part now. */
  breakNow(fault: VirtualFault): Promise<void>;
}

export interface OpenBenchOptions extends BenchPartsOptions {
  /** Faults that virtual boards have from the start. */
  readonly faults: readonly VirtualFault[];
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
  const parts = benchParts({
    ...options,
    faults: options.faults.filter((fault) => virtualFaults[fault] === 'board'),
  });
  opened.push(parts);
  // Ahead of everything: whoever waits for a board keeps nobody from anything else. A simulated one is nobody's until it is there.
  if (parts.boardConfig.kind === 'serial') await parts.lease();
  const elf = elfLookupOf(parts.boardConfig);
  const provider = await parts.provider();
  const time = await parts.time();
  const board = await parts.board();
  const bareRig = await parts.rig();
  const { config, clock, wallClock } = options;
  const calibration = bareRig && calibrationFor(config, parts.boardConfig, bareRig, isoNow(wallClock));
  const roundTrip = calibration?.used?.roundTrip;
  // What the bench file states stays.
  const isUnstated = bareRig?.roundTrip === undefined;
  const rig = bareRig && roundTrip && isUnstated ? withRoundTrip(bareRig, roundTrip) : bareRig;
  const virtual = await parts.virtual();
  const crashes = new CrashWatch({ board, elf, clock });
  opened.push(crashes);
  const { corpus, scenario } = parts;
  return {
    board,
    crashes,
    rig,
    calibration,
    parts,
    provider,
    corpus,
    scenario,
    timeQuestions: time?.questions,
    timeAddress: time?.address,
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
