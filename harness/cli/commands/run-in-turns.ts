import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadBench, loadBudgets, readEnvironment, type Budgets } from '../../config';
import { ConfigError } from '../../errors';
import { colourTable } from '../colours';
import { openSession } from '../bench-session';
import { describeError } from '../describe-error';
import { exitCodeOfError, exitCodes } from '../exit-codes';
import { finishRun } from '../finish-run';
import { playInTurns, type PlayedBlock } from '../in-turns/play-in-turns';
import { writeImage } from '../in-turns/write-image';
import { JestChild } from '../jest-child';
import { chosenBoards } from '../lanes/chosen-boards';
import { Lane, type LanePlace } from '../lanes/lane';
import { maskedOutput } from '../masked-output';
import { Progress } from '../progress';
import { onInterrupt } from '../run-signals';
import { suiteFiles } from '../suite-files';
import { printSummary } from '../print-summary';
import { sessionOf, type RunArguments } from './run';

/** Two images, and how they are played in turns. */
export interface InTurnsArguments {
  readonly release: string;
  readonly candidate: string;
  /** Turns of a block. */
  readonly block: number;
  readonly marginMs: number;
}

/** Where the runs of single blocks are, of which each image's run is made: beside it they would count twice. */
const BLOCKS = 'blocks';

/** Flashes two images in turns, plays a block of each, and judges the second against the first. Exit code of DESIGN section 8. */
export async function runInTurns(args: RunArguments, inTurns: InTurnsArguments): Promise<number> {
  const [board, another] = chosenBoards(loadBench(args.bench, { provider: args.provider }), args);
  if (board === undefined || another !== undefined)
    throw new ConfigError('HIL_CONFIG_USAGE', '--ab plays two images on one board: name one with --board.');
  // A block is a measurement; the other suites are the same every time.
  const files = suiteFiles(args.suite.length === 0 ? ['latency'] : args.suite);
  const images = { release: resolve(inTurns.release), candidate: resolve(inTurns.candidate) };
  const reportsPath = resolve(args.reports);
  const flashPath = join(reportsPath, BLOCKS, `${process.pid}.flash`);
  const { ci } = readEnvironment();
  const out = args.json ? process.stderr : process.stdout;
  const progress = new Progress(
    {
      write: maskedOutput((text) => void out.write(text)),
      columns: out.isTTY && !ci ? out.columns : undefined,
    },
    colourTable(out),
  );
  const say = (text: string): void => progress.line(text.trimEnd());

  let lane: Lane | undefined;
  const ending = new AbortController();
  onInterrupt(() => {
    ending.abort();
    lane?.interrupt();
  }, say);
  const terminal = { print: say, tell: say, signal: ending.signal };
  const broken: PlayedBlock = { runPath: undefined, exitCode: undefined, interrupted: false };
  const budgets = budgetsOf(args);

  const end = await playInTurns({
    reportsPath,
    mostPairs: Math.ceil(args.turns / inTurns.block),
    marginMs: inTurns.marginMs,
    budgets,
    uniform: Math.random,
    language: args.language,
    say,
    async playBlock(arm, pair) {
      say(`Pair ${pair}: the ${arm}`);
      try {
        const target = { benchPath: args.bench, board, flashPath, wait: args.wait };
        if (!(await writeImage(images[arm], target, terminal))) return { ...broken, interrupted: true };
        const init = sessionOf({ ...args, turns: inTurns.block }, board.name, join(reportsPath, BLOCKS));
        const { host } = openSession({
          init: { ...init, overrides: { ...init.overrides, flashed: { imagePath: images[arm], flashPath } } },
          budgetsPath: args.budget,
          onMessage: (message) => progress.take(message),
        });
        lane = new Lane(
          host,
          (place: LanePlace) => new JestChild({ ...place, files, testNamePattern: args.grep }),
          say,
        );
        if (ending.signal.aborted) lane.interrupt();
        const { runPath, findings, error, interrupted } = await lane.ended;
        if (runPath === undefined) return { ...broken, interrupted, error };
        // Budgets are for all turns of an image together.
        const { verdict } = finishRun(runPath, {
          budgets: undefined,
          interrupted,
          findings,
          language: args.language,
        });
        return { runPath, exitCode: verdict.exitCode, interrupted };
      } catch (error) {
        return { ...broken, interrupted: ending.signal.aborted, error };
      }
    },
  }).finally(() => rmSync(flashPath, { force: true }));
  progress.end();
  if (end.judged === undefined) {
    if (end.interrupted || end.error === undefined) return exitCodes.interrupted;
    process.stderr.write(`${describeError(end.error)}\n`);
    return exitCodeOfError(end.error);
  }
  printSummary(end.judged, { json: args.json, colours: colourTable().isColorSupported });
  return end.judged.verdict.exitCode;
}

function budgetsOf({ bench, budget }: RunArguments): Budgets | undefined {
  const path = budget ?? loadBench(bench).budgetsPath;
  return path === undefined ? undefined : loadBudgets(path);
}
