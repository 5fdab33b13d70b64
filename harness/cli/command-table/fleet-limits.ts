import type { Argv } from 'yargs';
import { givenOnce, numberWithin, wholeNumber } from './argument-checks';
import { fleetPlace } from './fleet-options';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `fleet limits`. */
export const addFleetLimits = (fleet: Argv, exit: TakeExitCode): Argv =>
  fleet.command(
    'limits [provider]',
    'Say what all benches together may ask of a provider, and show it',
    (command) =>
      command
        .positional('provider', {
          type: 'string',
          describe: 'As units name it, such as proxy:openai-realtime (default: all that are limited)',
        })
        .options(fleetPlace)
        .option('at-once', { type: 'number', describe: 'Units that may be played at once' })
        .option('per-minute', { type: 'number', describe: 'Units that may begin in a minute' })
        .option('cents-per-day', {
          type: 'number',
          describe: 'What units may cost on a day (UTC); those that would cost more wait for the next',
        })
        .option('cents-per-turn', {
          type: 'number',
          describe: 'What a turn costs, by which units are reckoned',
        })
        .option('none', { type: 'boolean', default: false, describe: 'Limit the provider no more' })
        .option('json', json)
        .check(
          givenOnce([
            ...['queue', 'redis-ca', 'prefix', 'at-once', 'per-minute', 'cents-per-day', 'cents-per-turn'],
          ]),
        )
        .check(wholeNumber('at-once', 1, 10_000))
        .check(wholeNumber('per-minute', 1, 10_000))
        .check(numberWithin('cents-per-day', 0, 100_000_000))
        .check(numberWithin('cents-per-turn', 0, 1_000_000))
        .example(
          '$0 fleet limits proxy:openai-realtime --at-once 4 --cents-per-turn 3 --cents-per-day 2000',
          'at most four units at once and 20 dollars a day',
        ),
    async ({ queue, redisCa, prefix, provider, json: asJson, none, ...given }) => {
      const { atOnce, perMinute: unitsPerMinute, centsPerDay, centsPerTurn } = given;
      const { fleetLimitsCommand } = await import('../commands/fleet-limits.js');
      const wanted = {
        ...(atOnce === undefined ? {} : { atOnce }),
        ...(unitsPerMinute === undefined ? {} : { unitsPerMinute }),
        ...(centsPerDay === undefined ? {} : { centsPerDay }),
        ...(centsPerTurn === undefined ? {} : { centsPerTurn }),
      };
      exit(await fleetLimitsCommand({ queue, redisCa, prefix, provider, wanted, none, json: asJson }));
    },
  );
