import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { json, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `report`: a stored run again. */
export const addReport = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'report [run]',
    'Render a stored run again, or finish one that was killed',
    (command) =>
      command
        .positional('run', { type: 'string', describe: 'Run folder (default: the latest below --reports)' })
        .option('history', {
          type: 'string',
          describe:
            'Instead of one run: the latency of all runs of this folder by release, in its history.html',
        })
        .option('reports', reports)
        .option('json', json)
        .check(givenOnce(['history', 'reports']))
        .conflicts('history', 'run'),
    async ({ run, history, reports: folder, json: asJson }) => {
      if (history !== undefined) {
        const { historyCommand } = await import('../commands/history.js');
        exit(historyCommand({ folder: history, json: asJson }));
        return;
      }
      const { reportCommand } = await import('../commands/report.js');
      exit(reportCommand({ run, reports: folder, json: asJson }));
    },
  );
