import type { Argv } from 'yargs';
import { soakPatterns } from '../../ports';
import { givenOnce, numberWithin, UsageError, wholeNumber } from './argument-checks';
import { faultChoices } from './fault-choices';
import { readProviderChoice } from './provider-choice';
import { json, reports, wait } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A test that is to last longer than a timer can is over at once. */
const MOST_HOURS = 500;

/** Adds `soak`: turns for hours. */
export const addSoak = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'soak',
    'Play turns for hours: does the board leak memory, slow down or restart?',
    (command) =>
      command
        .option('hours', { type: 'number', describe: 'How long, in hours (default: 8)' })
        .option('minutes', { type: 'number', describe: 'How long, in minutes' })
        .option('pattern', {
          choices: soakPatterns,
          describe:
            'How the turns follow each other: one after the other, in bursts, or now and then (default: steady)',
        })
        .option('bench', {
          type: 'string',
          describe: 'Bench file (default: the virtual bench that comes along)',
        })
        .option('board', { type: 'string', describe: 'Board of the bench to test (default: the first)' })
        .option('provider', {
          type: 'string',
          describe:
            'Provider that the board talks to: mock:NAME, proxy:NAME or live:NAME (default: what the bench names)',
        })
        .option('budget', {
          type: 'string',
          describe: 'Budgets file (default: the one that the bench names)',
        })
        .option('leak-per-hour', {
          type: 'number',
          describe: 'Smallest loss of internal RAM that matters, in bytes per hour (default: 1024)',
        })
        .option('leak-per-turn', {
          type: 'number',
          describe: 'The same in bytes per turn (default: not judged)',
        })
        .option('keep-every', {
          type: 'number',
          default: 20,
          describe: 'Keep sound and logs of one good turn of so many; of a turn that failed they always stay',
        })
        .option('fault', {
          array: true,
          choices: faultChoices,
          default: [] as (typeof faultChoices)[number][],
          describe: 'Switch on a fault of a virtual part',
        })
        .option('resume', {
          type: 'string',
          describe: 'Go on with a soak that was broken off: its run folder',
        })
        .option('wait', wait)
        .option('reports', reports)
        .option('json', json)
        .check(
          givenOnce([
            'hours',
            'minutes',
            'pattern',
            'bench',
            'board',
            'provider',
            'budget',
            'leak-per-hour',
            'leak-per-turn',
            'keep-every',
            'resume',
            'wait',
            'reports',
          ]),
        )
        .check(numberWithin('hours', 0.01, MOST_HOURS))
        .check(numberWithin('minutes', 0.1, MOST_HOURS * 60))
        .check(numberWithin('leak-per-hour', 1, 1e9))
        .check(numberWithin('leak-per-turn', 1, 1e9))
        .check(wholeNumber('keep-every', 1, 100_000))
        .check(({ hours, minutes }) => {
          if (hours === undefined || minutes === undefined) return true;
          throw new UsageError('--hours and --minutes both say how long; give one.');
        })
        .check(({ resume, bench, pattern }) => {
          if (resume === undefined || (bench === undefined && pattern === undefined)) return true;
          throw new UsageError(
            '--resume goes on with the bench and the pattern that the soak was begun with.',
          );
        })
        .check(({ provider }) => {
          if (provider !== undefined) readProviderChoice(provider);
          return true;
        })
        .example('$0 soak --hours 8 --bench bench.yaml', 'a night on your bench')
        .example('$0 soak --minutes 30 --pattern bursts', 'conversations with rests, on the virtual bench')
        .example('$0 soak --resume reports/20261122T015707Z-c150', 'go on with one that was broken off'),
    async ({ hours, minutes, bench, provider, leakPerHour, leakPerTurn, keepEvery, ...rest }) => {
      const { defaultBench } = await import('../commands/run.js');
      const { soakCommand } = await import('../commands/soak.js');
      const { board, pattern, budget, fault, resume } = rest;
      const forMs = hours === undefined ? minutes && minutes * MINUTE_MS : hours * HOUR_MS;
      exit(
        await soakCommand({
          bench: bench ?? defaultBench(),
          board,
          provider: provider === undefined ? undefined : readProviderChoice(provider),
          forMs,
          pattern,
          budget,
          leakPerHour,
          leakPerTurn,
          keepEvery,
          fault,
          resume,
          wait: rest.wait,
          reports: rest.reports,
          json: rest.json,
        }),
      );
    },
  );
