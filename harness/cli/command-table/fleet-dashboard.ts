import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { fleetPlace } from './fleet-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `fleet dashboard`. */
export const addFleetDashboard = (fleet: Argv, exit: TakeExitCode): Argv =>
  fleet.command(
    'dashboard',
    'Serve pages that show benches, boards, jobs and verdicts of the fleet, until it is asked to end',
    (command) =>
      command
        .options(fleetPlace)
        .option('port', {
          type: 'number',
          default: 8090,
          describe: 'Port that it listens on; 0 for any that is free',
        })
        .option('host', {
          type: 'string',
          default: '127.0.0.1',
          describe: 'Address that it listens on; beyond this machine it needs --token-env',
        })
        .option('token-env', {
          type: 'string',
          describe:
            'Name of the variable that holds the token that orders have to bring (default: takes no orders)',
        })
        .option('reports', {
          type: 'string',
          describe: 'Folder of merged runs whose reports it shows (default: links to reports at http: alone)',
        })
        .check(givenOnce(['queue', 'redis-ca', 'prefix', 'port', 'host', 'token-env', 'reports']))
        .check(wholeNumber('port', 0, 65_535))
        .example('$0 fleet dashboard', 'on this machine, read-only')
        .example(
          '$0 fleet dashboard --queue rediss://bench@lab --token-env FLEET_TOKEN --host 0.0.0.0',
          'for the lab; orders take the token',
        ),
    async ({ queue, redisCa, prefix, port, host, tokenEnv, reports }) => {
      const { fleetDashboardCommand } = await import('../commands/fleet-dashboard.js');
      exit(await fleetDashboardCommand({ queue, redisCa, prefix, port, host, tokenEnv, reports }));
    },
  );
