import type { Argv } from 'yargs';
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
        .option('reports', reports)
        .option('json', json),
    async ({ run, reports: folder, json: asJson }) => {
      const { reportCommand } = await import('../commands/report.js');
      exit(reportCommand({ run, reports: folder, json: asJson }));
    },
  );
