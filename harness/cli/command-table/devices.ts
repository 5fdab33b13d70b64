import type { Argv } from 'yargs';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `devices`: what is plugged in. */
export const addDevices = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'devices',
    'List serial ports and sound cards',
    (command) => command.option('json', json),
    async ({ json: asJson }) => {
      const { devicesCommand } = await import('../commands/devices.js');
      exit(await devicesCommand({ json: asJson }));
    },
  );
