import type { Argv } from 'yargs';
import { givenOnce, UsageError, wholeNumber } from './argument-checks';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `certs`: the bench's authority. */
export const addCerts = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'certs',
    'Make a certificate authority for the bench, and a server certificate that firmware can trust by it',
    (command) =>
      command
        .option('host', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Name or address by which boards call the bench; more than one is possible',
        })
        .option('out', { type: 'string', default: 'certs', describe: 'Folder that the files go to' })
        .option('days', {
          type: 'number',
          default: 365,
          describe: 'How long the server certificate is valid',
        })
        .option('new-ca', {
          type: 'boolean',
          default: false,
          describe:
            'Make a new authority although there is one; firmware that trusts the old one has to be built again',
        })
        .option('json', json)
        .check(givenOnce(['out', 'days']))
        .check(wholeNumber('days', 1, 3650))
        .check(({ host }) => {
          const wrong = host.find((name) => !/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i.test(name));
          if (wrong === undefined) return true;
          throw new UsageError(`--host takes a name or an address, not "${wrong}".`);
        })
        .example('$0 certs --host bench.local --host 192.168.7.2', 'for boards in this network'),
    async ({ host, out, days, newCa, json: asJson }) => {
      const { certsCommand } = await import('../commands/certs.js');
      exit(await certsCommand({ hosts: host, folder: out, days, newCa, json: asJson }));
    },
  );
