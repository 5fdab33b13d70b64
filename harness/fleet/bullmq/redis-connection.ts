import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { ConfigError, FleetError } from '../../errors';
import { connectionTo, redisAddressOf, type RedisAddress } from './redis-address';

/** How somebody names the Redis of a fleet. */
export interface RedisChoice {
  /** `redis://HOST:PORT`, `rediss://USER@HOST:PORT`. No password stands in it: everybody on the machine sees arguments. */
  readonly uri: string;
  /** File with the certificate of the authority that signed the server's, PEM. Default: those that Node trusts. */
  readonly caPath?: string;
  /** From the environment. */
  readonly password?: string;
}

/** So long it may take to answer. */
const ANSWER_MS = 10_000;

/**
 * The Redis that was named, without asking it anything.
 * @throws ConfigError `HIL_CONFIG_USAGE` for another address, one with a password in it, a password without a user where TLS is not
 *   used beyond this machine; `HIL_CONFIG_FILE_MISSING` for a certificate that cannot be read.
 */
export function redisChoice({ uri, caPath, password }: RedisChoice): RedisAddress {
  const address = redisAddressOf(uri, caPath === undefined ? undefined : readCa(caPath));
  const { host, port, tls } = address;
  if (address.password !== undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The address of the queue on ${host} holds a password, which everybody on this machine can read; put it in EARSHOT_REDIS_PASSWORD.`,
      { host, port },
    );
  if (caPath !== undefined && tls === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `A certificate is given for ${host} and its address begins with redis:; with TLS it begins with rediss:.`,
      { host, port, caPath },
    );
  return { ...address, ...(password === undefined ? {} : { password }) };
}

/** Whether a password would be read by whoever listens on the way. */
export const saysPasswordInClear = ({ host, password, tls }: RedisAddress): boolean =>
  password !== undefined && tls === undefined && !(host === 'localhost' || /^127\.|^::1$/.test(host));

/**
 * Asks the Redis that was named whether it is there and lets us in, once, so that a command says so at its start and not by waiting.
 * @throws FleetError `HIL_FLEET_QUEUE_UNREACHABLE`; `HIL_FLEET_QUEUE_REFUSED` when it knows no such user or lets the user do too
 *   little; and what `redisChoice` throws.
 */
export async function reachRedis(choice: RedisChoice): Promise<RedisAddress> {
  const address = redisChoice(choice);
  const { host, port, username = 'default' } = address;
  let first: Error | undefined;
  const redis = new Redis({
    ...connectionTo(address),
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  });
  redis.on('error', (error: Error) => (first ??= error));
  try {
    await redis.connect();
    await redis.ping();
    return address;
  } catch (cause) {
    // What it was comes as an event; what is thrown only says that there is no connection.
    const reason = (first ?? (cause as Error)).message;
    const facts = { host, port, username, reason };
    if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.test(reason))
      throw new FleetError(
        'HIL_FLEET_QUEUE_REFUSED',
        `The Redis at ${host}:${port} lets the user ${username} not in: ${reason}.`.replace('..', '.'),
        facts,
        { cause },
      );
    const seen = /wrong version number|packet length/.test(reason)
      ? 'it speaks no TLS there (redis:, not rediss:)'
      : /closed|ECONNRESET/.test(reason) && address.tls === undefined
        ? `${reason} (a Redis with TLS is at rediss:, not redis:)`
        : reason;
    throw new FleetError(
      'HIL_FLEET_QUEUE_UNREACHABLE',
      `There is no Redis at ${host}:${port} that answers: ${seen}.`.replace('..', '.'),
      facts,
      { cause },
    );
  } finally {
    // Of one that has ended it would wait two seconds for nothing.
    if (redis.status !== 'end') redis.disconnect();
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `The certificate ${path} cannot be read: ${(cause as Error).message}.`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', message, { path }, { cause });
  }
}
