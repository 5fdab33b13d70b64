import type { Argv } from 'yargs';
import { givenOnce, numberWithin, UsageError, wholeNumber } from './argument-checks';
import {
  baselineOptions,
  checkBaselineOptions,
  DEFAULT_MARGIN_MS,
  readBaselineChoice,
} from './baseline-choice';
import { faultChoices } from './fault-choices';
import { readProviderChoice } from './provider-choice';
import { json, lang, reports, wait } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Turns of the latency suite unless told otherwise: with the other suites a run has 24 turns and more. */
const DEFAULT_TURNS = 12;
/** With --ab: enough to find +100 ms of most benches, in an hour or two. */
const MOST_TURNS_IN_PAIRS = 160;
/** Three short sessions: a shorter block is mostly flashing, a longer one lets the bench move within a pair. */
const DEFAULT_BLOCK = 8;

/** A check of `--ab` and what goes with it. */
function checkInTurns({ ab, block, baseline, eachBoard }: Readonly<Record<string, unknown>>): true {
  if (ab === undefined) {
    if (block !== undefined)
      throw new UsageError('--block says how long the blocks of --ab are; name two images.');
    return true;
  }
  if (!Array.isArray(ab) || ab.length !== 2 || ab.includes(''))
    throw new UsageError('--ab takes two images, the release and the candidate.');
  if (baseline !== undefined || eachBoard === true)
    throw new UsageError(
      '--ab holds two images against each other on one board: without --baseline and --each-board.',
    );
  return true;
}

/** Adds `run`: suites on a board. */
export const addRun = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'run',
    'Run suites on a board, judge it and report',
    (command) =>
      command
        .option('bench', {
          type: 'string',
          describe: 'Bench file (default: the virtual bench that comes along)',
        })
        .option('board', {
          type: 'string',
          describe: 'Board of the bench to test, or several at once as a,b,c (default: the first)',
        })
        .option('each-board', {
          type: 'boolean',
          default: false,
          describe: 'Test all boards of the bench at once, and merge their runs',
        })
        .option('share', {
          type: 'boolean',
          default: false,
          describe: 'Boards that are alike share the tests instead of each doing all of them',
        })
        .option('suite', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Suites by name, file or folder (default: all that come along)',
        })
        .option('grep', {
          type: 'string',
          describe: 'Only tests whose name matches this regular expression',
        })
        .option('turns', {
          type: 'number',
          describe: `Turns of the latency suite (default: ${DEFAULT_TURNS}); with --ab the most of each image (default: ${MOST_TURNS_IN_PAIRS})`,
        })
        .option('ab', {
          type: 'string',
          array: true,
          nargs: 2,
          describe:
            'Two images, the release and the candidate: flash and play them in turns on one board until the candidate is decided',
        })
        .option('block', {
          type: 'number',
          describe: `Turns that --ab plays of an image before it is the other's turn (default: ${DEFAULT_BLOCK})`,
        })
        .option('provider', {
          type: 'string',
          describe:
            'Provider that the board talks to: mock:NAME, proxy:NAME or live:NAME (default: what the bench names)',
        })
        .option('budget', {
          type: 'string',
          describe: 'Budgets file (default: the one that the bench names)',
        })
        .options(baselineOptions)
        .option('fault', {
          array: true,
          choices: faultChoices,
          default: [] as (typeof faultChoices)[number][],
          describe: 'Switch on a fault of a virtual part',
        })
        .option('snr', {
          type: 'number',
          describe: 'Add noise to all prompts, so many dB under their active speech level',
        })
        .option('rt60', {
          type: 'number',
          describe: 'Add a room to all prompts, of this reverberation time in ms',
        })
        .option('wait', wait)
        .option('reports', reports)
        .option('lang', lang)
        .option('json', json)
        .check(
          givenOnce([
            'bench',
            'board',
            'grep',
            'turns',
            'provider',
            'budget',
            'baseline',
            'margin',
            'snr',
            'rt60',
            'wait',
            'reports',
            'lang',
          ]),
        )
        .check(({ board, eachBoard }) => {
          if (eachBoard && board !== undefined)
            throw new UsageError('--board and --each-board exclude each other: name some, or take all.');
          if (board?.split(',').includes('') === true)
            throw new UsageError(`--board takes names with a comma in between, not "${board}".`);
          return true;
        })
        .check(({ grep }) => {
          try {
            new RegExp(grep ?? '');
            return true;
          } catch (cause) {
            throw new UsageError(`--grep takes a regular expression: ${(cause as Error).message}.`);
          }
        })
        .check(({ provider }) => {
          if (provider !== undefined) readProviderChoice(provider);
          return true;
        })
        .check(checkBaselineOptions)
        .check(checkInTurns)
        .check(wholeNumber('turns', 1, 100_000))
        .check(wholeNumber('block', 1, 600))
        .check(numberWithin('snr', -20, 60))
        .check(numberWithin('rt60', 50, 3_000))
        .example(
          '$0 run --bench bench.yaml --ab release.bin build/app.bin',
          'a candidate against the release',
        )
        .example('$0 run', 'the virtual bench, all suites')
        .example('$0 run --bench bench.yaml --suite boot my.hil.ts', 'chosen suites on your bench')
        .example('$0 run --bench bench.yaml --each-board', 'all boards of your bench at once, as one run')
        .example('$0 run --fault dead-mic', 'see how a broken microphone is reported')
        .example('$0 run --snr 10 --rt60 400', 'prompts as in a noisy room'),
    async ({
      bench,
      board,
      eachBoard,
      share,
      suite,
      grep,
      turns,
      provider,
      budget,
      fault,
      snr,
      rt60,
      ...rest
    }) => {
      const { defaultBench, runCommand } = await import('../commands/run.js');
      const [release, candidate] = rest.ab ?? [];
      const isInTurns = release !== undefined && candidate !== undefined;
      const args = {
        bench: bench ?? defaultBench(),
        board: board?.split(','),
        eachBoard,
        share,
        suite,
        grep,
        turns: turns ?? (isInTurns ? MOST_TURNS_IN_PAIRS : DEFAULT_TURNS),
        provider: provider === undefined ? undefined : readProviderChoice(provider),
        budget,
        baseline: readBaselineChoice(rest),
        fault,
        snrDb: snr,
        rt60Ms: rt60,
        wait: rest.wait,
        reports: rest.reports,
        language: rest.lang,
        json: rest.json,
      };
      if (!isInTurns) {
        exit(await runCommand(args));
        return;
      }
      const { runInTurns } = await import('../commands/run-in-turns.js');
      const { block = DEFAULT_BLOCK, margin: marginMs = DEFAULT_MARGIN_MS } = rest;
      exit(await runInTurns(args, { release, candidate, block, marginMs }));
    },
  );
