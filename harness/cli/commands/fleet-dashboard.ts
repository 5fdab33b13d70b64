import { existsSync } from 'node:fs';
import { fleetSettings, readVariable } from '../../config';
import { ConfigError } from '../../errors';
import { reachRedis, saysPasswordInClear } from '../../fleet/bullmq';
import { serveDashboard } from '../../fleet/dashboard';
import { systemClock } from '../../ports';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';

export interface FleetDashboardArguments {
  readonly queue: string;
  readonly redisCa: string | undefined;
  readonly prefix: string;
  readonly host: string;
  readonly port: number;
  /** Name of the variable that holds what orders have to bring. Undefined: none are taken. */
  readonly tokenEnv: string | undefined;
  /** Folder of runs whose reports are shown. */
  readonly reports: string | undefined;
}

/** Serves the pages of a fleet until it is asked to end. */
export async function fleetDashboardCommand(args: FleetDashboardArguments): Promise<number> {
  const { redisCa: caPath, tokenEnv, reports, prefix, host, port } = args;
  const { redisPassword: password } = fleetSettings();
  const token = tokenEnv === undefined ? undefined : readVariable(tokenEnv);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const redis = await reachRedis({
    uri: args.queue,
    ...(caPath === undefined ? {} : { caPath }),
    ...(password === undefined ? {} : { password }),
  });
  if (saysPasswordInClear(redis))
    say(`The password of Redis goes to ${redis.host} in the clear; use rediss: (docs/fleet.md).`);
  if (reports !== undefined && !existsSync(reports))
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', `There is no folder ${reports} of reports.`, {
      reports,
    });
  const ending = askedToEnd({ child: false });
  const dashboard = await serveDashboard({
    redis,
    prefix,
    host,
    port,
    clock: systemClock,
    onTrouble: ({ message }) => say(`Redis: ${message}`),
    ...(token === undefined ? {} : { token }),
    ...(reports === undefined ? {} : { reports }),
  });
  process.stdout.write(`Fleet dashboard ${dashboard.url}\n`);
  const readers = dashboard.isLoopback ? 'This machine' : 'Everybody who reaches it';
  const orders =
    token === undefined ? 'nobody orders (give it a token with --token-env)' : 'whoever has the token orders';
  say(`${readers} reads; ${orders}. Ends at Ctrl-C.`);
  await ending;
  await dashboard.close();
  return exitCodes.passed;
}
