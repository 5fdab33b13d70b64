import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { json, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `publish`: a static site of many runs. */
export const addPublish = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'publish',
    'Write a static site of all runs: latency by release, a badge, and the report of each run',
    (command) =>
      command
        .option('reports', { ...reports, describe: 'Folder that holds the runs' })
        .option('out', { type: 'string', default: 'site', describe: 'Folder of the site' })
        .option('captures', {
          type: 'boolean',
          default: false,
          describe: 'Publish the recordings as well, so that the reports play them',
        })
        .option('json', json)
        .check(givenOnce(['reports', 'out'])),
    async ({ reports: folder, out, captures, json: asJson }) => {
      const { publishCommand } = await import('../commands/history.js');
      exit(publishCommand({ folder, out, captures, json: asJson }));
    },
  );
