import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { PORT_FORMS } from '../port-argument';
import { json, wait } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `monitor`: a board's console with host times. */
export const addMonitor = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'monitor',
    "Show a board's console with host times, its boots marked and its crashes decoded",
    (command) =>
      command
        .option('port', { type: 'string', describe: `Serial port: ${PORT_FORMS}` })
        .option('bench', { type: 'string', describe: 'Bench file whose board is shown' })
        .option('board', { type: 'string', describe: "Board of the bench (default: the bench's only one)" })
        .option('baud', { type: 'number', describe: "Baud rate (default: the bench's, else 115200)" })
        .option('elf', { type: 'string', describe: 'ELF of the firmware, to decode crashes as they come' })
        .option('image', {
          type: 'string',
          describe: 'Image or flasher_args.json of the build, beside which the ELF is looked for',
        })
        .option('reset', {
          type: 'boolean',
          default: false,
          describe: "Reset the board first, by the bench's steps",
        })
        .option('wait', wait)
        .option('timestamps', {
          type: 'boolean',
          default: true,
          describe: 'Begin each line with the time at which it came; --timestamps=false does not',
        })
        .option('log', {
          type: 'string',
          describe: 'File to add the raw bytes to, as `earshot decode` takes it',
        })
        .option('json', { ...json, describe: 'Print one JSON object a line' })
        .conflicts('port', ['bench', 'board'])
        .check(givenOnce(['port', 'bench', 'board', 'baud', 'elf', 'image', 'wait', 'log']))
        .check(wholeNumber('baud', 300, 5_000_000))
        .example('$0 monitor --port /dev/ttyUSB0 --reset', 'reset a board and read what it prints')
        .example('$0 monitor --bench bench.yaml --log console.log', 'keep what the board of a bench prints'),
    async ({
      port,
      bench,
      board,
      baud,
      elf,
      image,
      reset,
      wait: patience,
      timestamps,
      log,
      json: asJson,
    }) => {
      const { monitorCommand } = await import('../commands/monitor.js');
      exit(
        await monitorCommand({
          port,
          bench,
          board,
          baudRate: baud,
          elf,
          image,
          reset,
          wait: patience,
          timestamps,
          json: asJson,
          log,
        }),
      );
    },
  );
