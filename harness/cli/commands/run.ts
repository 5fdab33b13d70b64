import { join, resolve } from 'node:path';
import {
  loadBench,
  readEnvironment,
  packageRoot,
  type BoardConfig,
  type Budgets,
  keepSecretsOf,
} from '../../config';
import {
  boardsInQuarantine,
  chosenBoard,
  putInQuarantine,
  unlikeIn,
  virtualFaults,
  type VirtualFault,
} from '../../bench';
import { ConfigError, HilError } from '../../errors';
import { isoNow, type PromptConditions } from '../../ports';
import type { Language } from '../../report';
import { createRedactor, readRun, referenceOf, readBaseline } from '../../run';
import type { Reference } from '../../verdict';
import { openSession } from '../bench-session';
import { colourTable } from '../colours';
import { describeError } from '../describe-error';
import type { BaselineChoice, ProviderChoice } from '../command-table';
import { exitCodeOfError, exitCodes, firstExitCode } from '../exit-codes';
import { finishRun } from '../finish-run';
import { JestChild } from '../jest-child';
import { chosenBoards } from '../lanes/chosen-boards';
import { driftedIn } from '../lanes/drifted-in';
import { keepOwnBaseline } from '../lanes/own-baselines';
import { judgeLanes } from '../lanes/judge-lanes';
import { Lane, type LanePlace, type LaneWork } from '../lanes/lane';
import { playLanes } from '../lanes/play-lanes';
import { waitMsOf } from '../port-lease';
import { maskedOutput } from '../masked-output';
import { Progress } from '../progress';
import { onInterrupt } from '../run-signals';
import { controlSuite, suiteFiles, testsStandAlone } from '../suite-files';
import { printSummary } from '../print-summary';

export interface RunArguments {
  readonly bench: string;
  /** Undefined: the bench's first, unless it is each of them. */
  readonly board: readonly string[] | undefined;
  readonly eachBoard: boolean;
  readonly share: boolean;
  readonly suite: readonly string[];
  readonly turns: number;
  readonly budget: string | undefined;
  /** Undefined: the run is held against nothing. */
  readonly baseline: BaselineChoice | undefined;
  /** Undefined: what the bench file names. */
  readonly provider: ProviderChoice | undefined;
  readonly fault: readonly string[];
  readonly grep: string | undefined;
  /** Active speech level over noise that is added to all prompts; undefined: none. */
  readonly snrDb: number | undefined;
  /** Reverberation time of a room that is added to all prompts; undefined: none. */
  readonly rt60Ms: number | undefined;
  /** How long to wait for a board that somebody else has, such as `10min`; undefined: not at all. */
  readonly wait: string | undefined;
  /** What was written into the boards. Default: what the bench names as their image. */
  readonly image?: string | undefined;
  readonly reports: string;
  /** Of report.html. Default: English. */
  readonly language?: Language | undefined;
  readonly json: boolean;
  /** Whoever breaks it off wants the board and no report: what was interrupted is not judged. Default: it is. */
  readonly dropsInterrupted?: boolean;
}

export const faultNames = Object.keys(virtualFaults);
/** The bench of a command that names none: that of `HIL_BENCH`, which plain `npx jest` takes too, or the virtual one. */
export const defaultBench = (): string =>
  readEnvironment().benchPath ?? resolve(packageRoot(), 'fixtures/benches/virtual.yaml');

/** How all prompts are to be heard; nothing where nobody said. */
function conditionsOf({ snrDb, rt60Ms }: RunArguments): { readonly conditions?: PromptConditions } {
  const conditions = {
    ...(snrDb === undefined ? {} : { snrDb }),
    ...(rt60Ms === undefined ? {} : { rt60Ms }),
  };
  return Object.keys(conditions).length === 0 ? {} : { conditions };
}

/** Where the run folders of single boards are, of which one merged run is made: beside it they would count twice. */
const LANES = 'lanes';

/**
 * The main job: opens the bench, runs the suites on its boards, judges what was found and reports.
 * @param listen - Tells of interruptions. Default: those of the terminal and the system.
 * @returns Exit code of DESIGN section 8.
 */
export async function runCommand(args: RunArguments, listen = onInterrupt): Promise<number> {
  const files = suiteFiles(args.suite);
  const bench = loadBench(args.bench, { provider: args.provider });
  keepSecretsOf(bench);
  const boards = chosenBoards(bench, args);
  const { ci } = readEnvironment();
  const out = args.json ? process.stderr : process.stdout;
  const output = {
    write: maskedOutput((text) => void out.write(text)),
    columns: out.isTTY && !ci ? out.columns : undefined,
  };
  const names = boards.map(({ name }) => name);
  if (names.length > 1)
    return runBoards(args, boards, files, new Progress(output, colourTable(out), names), listen);
  return runBoard(args, names[0], files, new Progress(output, colourTable(out)), listen);
}

/** What a host is started with for a board. */
export const sessionOf = (args: RunArguments, boardName: string | undefined, reportsPath: string) => ({
  benchPath: args.bench,
  overrides: {
    provider: args.provider,
    ...(args.image === undefined ? {} : { flashed: { imagePath: args.image } }),
  },
  boardName,
  faults: args.fault as VirtualFault[],
  turns: args.turns,
  ...conditionsOf(args),
  holder: { command: 'earshot run', waitMs: waitMsOf(args.wait) },
  reportsPath,
});

/** One board, in a run of its own. */
async function runBoard(
  args: RunArguments,
  boardName: string | undefined,
  files: readonly string[],
  progress: Progress,
  listen: typeof onInterrupt,
): Promise<number> {
  const baseline = args.baseline && readBaseline(args.baseline.path);
  let reference: Reference | undefined;
  const { host, budgets } = openSession({
    init: sessionOf(args, boardName, resolve(args.reports)),
    budgetsPath: args.budget,
    onMessage: (message) => progress.take(message),
  });
  const say = (text: string): void => progress.line(text);
  const begin = (place: LanePlace): LaneWork => {
    // Before the first turn: nobody wants to wait for a run that cannot be judged.
    if (args.baseline !== undefined && baseline !== undefined)
      reference = referenceOf(baseline, readRun(place.runPath), args.baseline);
    return new JestChild({ ...place, files, testNamePattern: args.grep });
  };
  const lane = new Lane(host, begin, say);
  listen(() => lane.interrupt(), say);
  const { runPath, findings, error, interrupted } = await lane.ended;
  progress.end();
  if (interrupted && args.dropsInterrupted === true) return exitCodes.interrupted;
  if (runPath === undefined) {
    if (error === undefined) return exitCodes.interrupted;
    process.stderr.write(`${describeError(error)}\n`);
    return exitCodeOfError(error);
  }
  const judged = finishRun(runPath, { budgets, reference, interrupted, findings, language: args.language });
  printSummary(judged, { json: args.json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}

/** What is chosen of tests by their names; the controls, which decide whether a board is tested at all, are always played. */
const withControls = (grep: string | undefined, files: readonly string[]): string | undefined =>
  grep === undefined || !files.includes(controlSuite()) ? grep : `(?:${grep})|^control `;

/** Several boards at once, each in a lane and a run of its own, and the run that these are merged into. */
async function runBoards(
  args: RunArguments,
  chosen: readonly BoardConfig[],
  files: readonly string[],
  progress: Progress,
  listen: typeof onInterrupt,
): Promise<number> {
  if (args.baseline !== undefined) {
    const message =
      'A baseline is of one bench: run several boards without --baseline, and hold the merged run against it with earshot gate.';
    throw new ConfigError('HIL_CONFIG_USAGE', message);
  }
  const reportsPath = resolve(args.reports);
  const config = loadBench(args.bench, { provider: args.provider });
  const quarantine = boardsInQuarantine().filter(({ bench }) => bench === config.path);
  const leftOut = quarantine.filter(({ board }) => chosen.some(({ name }) => name === board));
  for (const { board, reason, since } of leftOut)
    progress.line(`In quarantine since ${since.slice(0, 10)}: it ${reason}`, board);
  const boards = chosen.filter(({ name }) => leftOut.every(({ board }) => board !== name));
  if (boards.length === 0) {
    const message = `All of ${chosen.map(({ name }) => name).join(', ')} are in quarantine.`;
    throw new HilError('HIL_BENCH_QUARANTINED', message, { boards: leftOut });
  }
  const boardNamed = (name: string): BoardConfig => chosenBoard(config, name);
  const areAlike = (one: string, other: string): boolean =>
    unlikeIn(config, boardNamed(one), boardNamed(other)).length === 0;
  let budgets: Budgets | undefined;
  const lanes = playLanes({
    boards,
    files,
    control: { file: controlSuite(), areAlike },
    ...(args.share ? { shared: { standAlone: testsStandAlone } } : {}),
    openHost: (boardName, asks, onMessage) => {
      const session = openSession({
        init: { ...sessionOf(args, boardName, join(reportsPath, LANES)), ...asks },
        budgetsPath: args.budget,
        onMessage,
      });
      ({ budgets } = session);
      return session.host;
    },
    runSuites: (place, some) =>
      new JestChild({ ...place, files: some, testNamePattern: withControls(args.grep, some) }),
    progress,
  });
  listen(
    () => lanes.interrupt(),
    (text) => progress.line(text),
  );
  const { ends: played, undone } = await lanes.ended;
  progress.end();
  const drifted = driftedIn(played, config.path, areAlike);
  const ends = played.map((end) => {
    const reason = drifted.get(end.boardName);
    if (reason === undefined) return end;
    progress.line(`In quarantine: it ${reason}`, end.boardName);
    return { ...end, quarantined: reason };
  });
  for (const { boardName, quarantined, runPath } of ends) {
    if (quarantined === undefined) continue;
    putInQuarantine({
      schema: 'earshot/quarantine@1',
      board: boardName,
      bench: config.path,
      model: boardNamed(boardName).model,
      reason: quarantined,
      since: isoNow(),
      runPath,
    });
  }
  const judged = judgeLanes(ends, {
    reportsPath,
    budgets,
    shared: args.share,
    leftOut: leftOut.map(({ board, reason, since }) => ({ board, reason, since })),
    undone,
    language: args.language,
  });
  const redactor = createRedactor(readEnvironment().secrets);
  for (const { boardName, quarantined, runPath } of ends) {
    if (quarantined !== undefined || runPath === undefined) continue;
    const failure = keepOwnBaseline({ board: boardName, bench: config.path }, readRun(runPath), redactor);
    if (failure !== undefined) process.stderr.write(`${failure}\n`);
  }
  if (judged === undefined)
    return firstExitCode(
      ends.map(({ error }) => (error === undefined ? exitCodes.interrupted : exitCodeOfError(error))),
    );
  printSummary(judged, { json: args.json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}
