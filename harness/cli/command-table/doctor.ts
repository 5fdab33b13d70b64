import type { Argv } from 'yargs';
import { givenOnce, numberWithin } from './argument-checks';
import { boardFaultChoices } from './fault-choices';
import { json, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `doctor`: every part of a bench, and how to mend it. */
export const addDoctor = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'doctor',
    'Look at every part of a bench, and say what is wrong and how to mend it',
    (command) =>
      command
        .option('bench', {
          type: 'string',
          describe: 'Bench file (default: the virtual bench that comes along)',
        })
        .option('board', { type: 'string', describe: 'Board of the bench to look at (default: the first)' })
        .option('only', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Checks or groups of checks by name, with what they need (default: all)',
        })
        .option('reset', {
          type: 'boolean',
          default: false,
          describe: 'Reset the board, which interrupts whatever it does; virtual boards always are',
        })
        .option('within', {
          type: 'number',
          default: 15,
          describe: 'Seconds until it ends, whatever it has reached by then',
        })
        .option('fault', {
          array: true,
          choices: boardFaultChoices,
          default: [] as (typeof boardFaultChoices)[number][],
          describe: 'Switch on a fault of a virtual board',
        })
        .option('reports', { ...reports, describe: 'Folder that runs are to be written to' })
        .option('json', json)
        .check(givenOnce(['bench', 'board', 'within', 'reports']))
        .check(numberWithin('within', 3, 600))
        .example('$0 doctor --bench bench.yaml --reset', 'everything, on your bench')
        .example('$0 doctor --only serial --only console', 'just the port and what is behind it')
        .example('$0 doctor --fault dead-mic', 'see how a broken microphone is told of'),
    async ({ bench, board, only, reset, within, fault, reports: folder, json: asJson }) => {
      const { doctorCommand } = await import('../commands/doctor.js');
      const { defaultBench } = await import('../commands/run.js');
      exit(
        await doctorCommand({
          bench: bench ?? defaultBench(),
          board,
          only: only.flatMap((words) => words.split(',')).filter((word) => word !== ''),
          reset,
          withinMs: 1000 * within,
          faults: fault,
          reports: folder,
          json: asJson,
        }),
      );
    },
  );
