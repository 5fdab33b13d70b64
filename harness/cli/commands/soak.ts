import { join, resolve } from 'node:path';
import { ConfigError } from '../../errors';
import type { VirtualFault } from '../../bench';
import { loadBench, loadBudgets, readEnvironment, type Budgets } from '../../config';
import type { HostMessage } from '../../host';
import { systemClock, type SoakBounds, type SoakPattern, type SoakPlan, systemWallClock } from '../../ports';
import { mergeRuns, readRun, soakElapsedMs, writeLatest, type FinishedRun } from '../../run';
import { defaultSoakBounds } from '../../verdict';
import { openSession } from '../bench-session';
import { colourTable } from '../colours';
import type { ProviderChoice } from '../command-table';
import { describeError } from '../describe-error';
import { exitCodeOfError, exitCodes } from '../exit-codes';
import { endRun, finishRun, judgeMerged, type JudgedRun } from '../finish-run';
import { JestChild } from '../jest-child';
import { Lane } from '../lanes/lane';
import { waitMsOf } from '../port-lease';
import { printSummary } from '../print-summary';
import { maskedOutput } from '../masked-output';
import { Progress } from '../progress';
import { onInterrupt } from '../run-signals';
import { SoakProgress } from '../soak-progress';
import { soakSuites } from '../suite-files';

export interface SoakArguments {
  readonly bench: string;
  readonly board: string | undefined;
  readonly provider: ProviderChoice | undefined;
  /** Undefined: as long as the soak that goes on, or a night. */
  readonly forMs: number | undefined;
  readonly pattern: SoakPattern | undefined;
  readonly budget: string | undefined;
  /** Of the internal RAM; undefined: what budgets or defaults say. */
  readonly leakPerHour: number | undefined;
  readonly leakPerTurn: number | undefined;
  readonly keepEvery: number;
  readonly fault: readonly string[];
  /** Folder of a soak that was broken off and goes on. */
  readonly resume: string | undefined;
  /** As of `run`. */
  readonly wait: string | undefined;
  readonly reports: string;
  readonly json: boolean;
}

/** A night. */
const DEFAULT_MS = 8 * 3_600_000;
/** Where the later parts of a soak are, of which one run is made with the first: beside it they would count twice. */
const PARTS = 'parts';

/** Smallest losses that matter: those of the command line, of the budgets file, or the defaults. */
export function boundsOf(
  { leakPerHour, leakPerTurn }: Pick<SoakArguments, 'leakPerHour' | 'leakPerTurn'>,
  budgets: Budgets | undefined,
): Pick<SoakPlan, 'bounds' | 'isBound' | 'isCommanded'> {
  const given: SoakBounds['internal'] = {
    ...(leakPerHour === undefined ? {} : { bytesPerHour: leakPerHour }),
    ...(leakPerTurn === undefined ? {} : { bytesPerTurn: leakPerTurn }),
  };
  const memory = budgets?.memory;
  if (Object.keys(given).length > 0)
    return {
      bounds: { ...(memory ?? defaultSoakBounds), internal: given },
      isBound: true,
      isCommanded: true,
    };
  return { bounds: memory ?? defaultSoakBounds, isBound: memory !== undefined };
}

/** A soak that goes on, with everything that it was told the first time. */
function continued(path: string): FinishedRun & { readonly soak: SoakPlan } {
  const run = readRun(path);
  const { soak } = run.record;
  if (soak !== undefined) return { ...run, soak };
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `${path} is no soak: only what \`earshot soak\` played goes on.`,
    { path },
  );
}

/** The runs that a soak is of so far, the one that goes on last. */
function partsOf(run: FinishedRun): readonly string[] {
  const before = run.record.soak?.continues;
  return [...(before === undefined ? [] : partsOf(readRun(before))), run.path];
}

function planOf(args: SoakArguments, budgets: Budgets | undefined): SoakPlan {
  const { forMs, pattern, keepEvery } = args;
  if (args.resume === undefined) {
    const bounds = boundsOf(args, budgets);
    return { forMs: forMs ?? DEFAULT_MS, playedMs: 0, pattern: pattern ?? 'steady', ...bounds, keepEvery };
  }
  const run = continued(args.resume);
  const { soak } = run;
  const plan = {
    ...soak,
    forMs: forMs ?? soak.forMs,
    playedMs: soakElapsedMs(run),
    continues: resolve(args.resume),
  };
  if (plan.playedMs < plan.forMs) return plan;
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `The soak in ${args.resume} has been played to its end; name a longer time with --hours to go on.`,
    { played: plan.playedMs, forMs: plan.forMs },
  );
}

/** What was begun with, where a soak goes on. */
function choicesOf(args: SoakArguments): Pick<SoakArguments, 'bench' | 'board' | 'fault'> {
  if (args.resume === undefined) return args;
  const { record } = continued(args.resume);
  return {
    bench: record.bench.path,
    board: args.board ?? record.boards[0]?.name,
    fault: [...new Set([...record.faults, ...args.fault])],
  };
}

/**
 * Turns for hours with rests between them, judged by what the board loses over them as well.
 * @returns Exit code of DESIGN section 8.
 * @throws ConfigError, RunError before anything is opened.
 */
export async function soakCommand(args: SoakArguments): Promise<number> {
  const { bench, board, fault } = choicesOf(args);
  const budgetsPath = args.budget ?? loadBench(bench, { provider: args.provider }).budgetsPath;
  const plan = planOf(args, budgetsPath === undefined ? undefined : loadBudgets(budgetsPath));
  const { ci } = readEnvironment();
  const out = args.json ? process.stderr : process.stdout;
  const columns = out.isTTY && !ci ? out.columns : undefined;
  const progress = new Progress(
    { write: maskedOutput((text) => void out.write(text)), columns },
    colourTable(out),
  );
  const say = (text: string): void => progress.line(text);
  const soakProgress = new SoakProgress(plan, systemWallClock);
  const onMessage = (message: HostMessage): void => {
    progress.take(message);
    const told = soakProgress.take(message, systemClock.nowMs());
    if (told === undefined) return;
    progress.take({ type: 'activity', text: told.text });
    if (columns === undefined && told.isDue) say(told.text);
  };
  const reportsPath = resolve(args.reports);
  const { host, budgets } = openSession({
    init: {
      benchPath: bench,
      overrides: { provider: args.provider },
      boardName: board,
      faults: fault as VirtualFault[],
      turns: 1,
      soak: plan,
      holder: { command: 'earshot soak', waitMs: waitMsOf(args.wait) },
      reportsPath: plan.continues === undefined ? reportsPath : join(reportsPath, PARTS),
    },
    budgetsPath: args.budget,
    onMessage,
  });
  const begin = ({ hostAddress, runPath }: { hostAddress: string; runPath: string }): JestChild =>
    new JestChild({ hostAddress, runPath, files: soakSuites(), testNamePattern: undefined });
  const lane = new Lane(host, begin, say);
  onInterrupt(() => lane.interrupt(), say);
  const { runPath, findings, error, interrupted } = await lane.ended;
  progress.end();
  if (runPath === undefined) {
    if (error === undefined) return exitCodes.interrupted;
    process.stderr.write(`${describeError(error)}\n`);
    return exitCodeOfError(error);
  }
  const ending = { budgets: withMemory(budgets, plan), interrupted, findings };
  const judged =
    plan.continues === undefined ? finishRun(runPath, ending) : finishWhole(runPath, ending, reportsPath);
  printSummary(judged, { json: args.json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}

/** The command line over the file. */
const withMemory = (budgets: Budgets | undefined, { bounds, isBound }: SoakPlan): Budgets | undefined =>
  budgets === undefined || !isBound ? budgets : { ...budgets, memory: bounds };

/** Makes one run of the parts of a soak, and judges that: an earlier part that was killed has gone on, so the whole was not broken off. */
function finishWhole(runPath: string, ending: Parameters<typeof endRun>[1], reportsPath: string): JudgedRun {
  endRun(runPath, ending);
  const { path, record } = mergeRuns({ runs: partsOf(readRun(runPath)), out: { below: reportsPath } });
  writeLatest(reportsPath, record.runId);
  return judgeMerged(readRun(path), ending.budgets, { interrupted: ending.interrupted });
}
