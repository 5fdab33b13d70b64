import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { json, wait } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `calibrate`: measure a rig and keep what was found. */
export const addCalibrate = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'calibrate',
    'Measure the audio rig: round trip, channels, levels, noise, clocks; keep it with a date',
    (command) =>
      command
        .option('bench', { type: 'string', demandOption: true, describe: 'Bench file whose rig is measured' })
        .option('rig', {
          type: 'string',
          describe: "Board whose rig is measured (default: the bench's only rig)",
        })
        .option('level', {
          type: 'number',
          default: -20,
          describe: 'Loudest that is played, RMS in dBFS; prompts have -20',
        })
        .option('restarts', {
          type: 'number',
          default: 2,
          describe: 'How often the rig is opened again: its buffers are filled anew each time',
        })
        .option('wait', wait)
        .option('json', json)
        .check(givenOnce(['bench', 'rig', 'level', 'restarts', 'wait']))
        .check(wholeNumber('level', -60, -12))
        .check(wholeNumber('restarts', 0, 20))
        .example('$0 calibrate --bench bench.yaml', 'measure the rig and keep what was found')
        .example('$0 calibrate --bench bench.yaml --level -30', 'quietly, while somebody sits beside it'),
    async ({ bench, rig, level, restarts, wait: patience, json: asJson }) => {
      const { calibrateCommand } = await import('../commands/calibrate.js');
      exit(await calibrateCommand({ bench, rig, levelDbFs: level, restarts, wait: patience, json: asJson }));
    },
  );
