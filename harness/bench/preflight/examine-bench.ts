import type { BenchConfig } from '../../config';
import type { ChildLauncher, Clock } from '../../ports';
import { benchOfBoard, benchParts } from '../bench-parts';
import type { Check, CheckReport } from './check';
import { thisMachine, type Machine } from './machine';
import { lookAtRig } from './rig-lines';
import { runChecks } from './run-checks';
import { talkToBoard, type Talk } from './talk';

/** A doctor does not wait as long as a run: a board that is up boots and connects in less. */
const BOOT_WITHIN_MS = 7_500;
const SESSION_WITHIN_MS = 7_500;

export interface ExamineOptions {
  readonly config: BenchConfig;
  /** Undefined: the bench's first. */
  readonly boardName: string | undefined;
  readonly checks: readonly Check[];
  readonly reportsPath: string;
  /** The board may be interrupted. */
  readonly mayReset: boolean;
  /** Faults of the simulated board, for those who want to see what is said of them. */
  readonly faults: readonly string[];
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onReport?: (report: CheckReport) => void;
  /** Default: the one that this program runs on. */
  readonly machine?: Machine;
}

/**
 * Opens the parts of a bench one by one and looks at each; everything is closed again.
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
    await parts.close();
  }
}

const hurried = (config: BenchConfig): BenchConfig => ({
  ...config,
  boards: config.boards.map((board) => ({
    ...board,
    bootTimeoutMs: Math.min(board.bootTimeoutMs, BOOT_WITHIN_MS),
    sessionTimeoutMs: Math.min(board.sessionTimeoutMs, SESSION_WITHIN_MS),
  })),
});
