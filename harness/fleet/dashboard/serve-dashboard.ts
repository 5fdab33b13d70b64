import { createAdaptorServer, type ServerType } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { closeAll, ConfigError, type Closable } from '../../errors';
import type { Clock } from '../../ports';
import { BullMqQueue, RedisRoll, RedisVerdicts, type RedisAddress } from '../bullmq';
import { dashboardApp } from './dashboard-app';
import { openQueuePages } from './queue-pages';
import { SHORTEST_TOKEN } from './token';

export interface ServeDashboardOptions {
  readonly redis: RedisAddress;
  /** Of all keys. */
  readonly prefix: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What orders have to bring. Absent: none are taken. */
  readonly token?: string;
  /** Folder of runs whose reports are shown. Absent: none are. */
  readonly reports?: string;
  readonly clock: Clock;
  /** Hears why Redis cannot be reached, each time it is tried. */
  readonly onTrouble: (error: Error) => void;
}

/** A dashboard that is served. */
export interface ServedDashboard extends Closable {
  readonly url: string;
  readonly isLoopback: boolean;
}

const isLoopbackHost = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

/**
 * Serves the dashboard of a fleet until it is closed.
 * @throws ConfigError `HIL_CONFIG_USAGE` for others than this machine without a token, for a token that could be guessed, and for a
 *   port that is taken.
 */
export async function serveDashboard(options: ServeDashboardOptions): Promise<ServedDashboard> {
  const { redis, prefix, host, port, token, onTrouble } = options;
  const isLoopback = isLoopbackHost(host);
  if (token === undefined && !isLoopback)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Listening on ${host} lets others in; name a variable that holds a token with --token-env.`,
      { host },
    );
  if (token !== undefined && token.length < SHORTEST_TOKEN)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The token has ${token.length} characters; expected at least ${SHORTEST_TOKEN}, such as of \`openssl rand -hex 24\`.`,
      { characters: token.length },
    );
  const opened: Closable[] = [];
  const keep = <T extends Closable>(one: T): T => {
    opened.push(one);
    return one;
  };
  try {
    const common = { redis, prefix, onTrouble };
    const queue = keep(await BullMqQueue.open(common));
    const roll = keep(await RedisRoll.open(common));
    const verdicts = keep(await RedisVerdicts.open(common));
    const queues = keep(openQueuePages({ ...common, basePath: '/queues' }));
    const app = dashboardApp({ ...options, queue, roll, verdicts, queues, isLoopback });
    const server = createAdaptorServer({ fetch: app.fetch });
    keep(await listening(server, host, port));
    const { port: bound } = server.address() as AddressInfo;
    const name = host.includes(':') ? `[${host}]` : host;
    return { url: `http://${name}:${bound}/`, isLoopback, close: () => closeAll(opened) };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

function listening(server: ServerType, host: string, port: number): Promise<Closable> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      const message = `The dashboard cannot listen on ${host}:${port}: ${isTaken ? 'somebody else does; choose another with --port' : cause.message}.`;
      reject(new ConfigError('HIL_CONFIG_USAGE', message, { host, port }, { cause }));
    });
    server.listen(port, host, () =>
      resolve({
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
  });
}
