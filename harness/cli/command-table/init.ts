import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `init`: a bench file of what is plugged in. */
export const addInit = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'init',
    'Make a bench file by looking at what is plugged in, and asking',
    (command) =>
      command
        .option('out', { type: 'string', default: 'bench.yaml', describe: 'File to write' })
        .option('yes', {
          type: 'boolean',
          default: false,
          describe: 'Ask nothing and take what is proposed; so it is without a terminal, too',
        })
        .option('force', { type: 'boolean', default: false, describe: 'Write over a file that is there' })
        .option('json', json)
        .check(givenOnce(['out']))
        .example('$0 init', 'asks, and writes bench.yaml')
        .example('$0 init --yes --out lab.yaml', 'takes what is found'),
    async ({ out, yes, force, json: asJson }) => {
      const { initCommand } = await import('../commands/init.js');
      exit(await initCommand({ out, yes, force, json: asJson }));
    },
  );
