import type { BenchConfig } from '../../config';
import type { Closable } from '../../errors';
import type { ChildLauncher, Clock } from '../../ports';
import { benchOfBoard, benchParts, type Holder } from '../bench-parts';
import type { Check, CheckReport } from './check';
import { thisMachine, type Machine } from './machine';
import { lookAtRig } from './rig-lines';
import { runChecks } from './run-checks';
import { talkToBoard, type Talk } from './talk';

/** A doctor does not wait as long as a run: a board that is up boots and connects in less. */
const BOOT_WITHIN_MS = 7_500;
const SESSION_WITHIN_MS = 7_500;
/** A bench on which all is well closes in a fraction of this; what hangs is left to the end of the process. */
const CLOSE_WITHIN_MS = 1_000;

export interface ExamineOptions {
  readonly config: BenchConfig;
  /** Undefined: the bench's first. */
  readonly boardName: string | undefined;
  readonly checks: readonly Check[];
  readonly reportsPath: string;
  /** The board may be interrupted. */
  readonly mayReset: boolean;
  /** Everything is over by then, closing included: checks have `CLOSE_WITHIN_MS` less. */
  readonly withinMs: number;
  /** Faults of the simulated board, for those who want to see what is said of them. */
  readonly faults: readonly string[];
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  /** In whose name board and card are taken. Default: this process, which does not wait. */
  readonly holder?: Holder;
  readonly signal: AbortSignal;
  readonly onReport?: (report: CheckReport) => void;
  /** Default: the one that this program runs on. */
  readonly machine?: Machine;
}

/**
 * Opens the parts of a bench one by one and looks at each; everything is closed again, or left behind where that takes too long.
 * @returns One report for each check.
 * @throws ConfigError for what a person wrote wrong, before anything is opened; AbortError when it was ended.
 */
export async function examineBench(options: ExamineOptions): Promise<readonly CheckReport[]> {
  const { checks, clock, signal, onReport, machine = thisMachine } = options;
  const config = hurried(benchOfBoard(options.config, options.boardName));
  const parts = benchParts({ ...options, config });
  const gainDb = config.turn.playbackGainDb;
  let talk: Promise<Talk> | undefined;
  try {
    return await runChecks({
      checks,
      signal,
      withinMs: Math.max(0, options.withinMs - CLOSE_WITHIN_MS),
      ...(onReport === undefined ? {} : { onReport }),
      context: {
        config,
        parts,
        machine,
        clock,
        reportsPath: options.reportsPath,
        mayReset: options.mayReset || parts.boardConfig.kind === 'virtual',
        sound: lookAtRig(parts, gainDb, signal),
        talk: () => (talk ??= talkToBoard({ parts, clock, signal, gainDb })),
      },
    });
  } finally {
    await closedInTime(parts, clock);
  }
}

/** Resolves when the parts are closed, and at the latest when that has taken too long. */
function closedInTime(parts: Closable, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(CLOSE_WITHIN_MS, resolve);
    parts.close().finally(cancel).then(resolve, reject);
  });
}

const hurried = (config: BenchConfig): BenchConfig => ({
  ...config,
  boards: config.boards.map((board) => ({
    ...board,
    bootTimeoutMs: Math.min(board.bootTimeoutMs, BOOT_WITHIN_MS),
    sessionTimeoutMs: Math.min(board.sessionTimeoutMs, SESSION_WITHIN_MS),
  })),
});
