import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import { ConfigError, FleetError } from '../../errors';

/** Where Redis is, and who asks. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** Absent: in the clear, as on loopback. */
  readonly tls?: { readonly ca?: string; readonly servername?: string };
}

/** IANA's for Redis. */
const DEFAULT_PORT = 6_379;

/**
 * Reads `redis://user:password@host:port`, or `rediss://` for TLS.
 * @param ca - Certificate of the authority that signed the server's, as PEM. Default: those that Node trusts.
 * @throws ConfigError `HIL_CONFIG_USAGE` for anything else; the message does not repeat what may hold a password.
 */
export function redisAddressOf(uri: string, ca?: string): RedisAddress {
  const refused = (): ConfigError =>
    new ConfigError(
      'HIL_CONFIG_USAGE',
      'The queue is a Redis: expected redis://HOST:PORT, or rediss://USER@HOST:PORT for TLS.',
      {},
    );
  if (!URL.canParse(uri)) throw refused();
  const { protocol, hostname, port, username, password, pathname } = new URL(uri);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !['', '/', '/0'].includes(pathname))
    throw refused();
  const host = hostname.replace(/^\[|\]$/g, '');
  // TLS has server names for names only (RFC 6066 section 3); a certificate for an address is checked against the host.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return {
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: { ...name, ...(ca === undefined ? {} : { ca }) } } : {}),
  };
}

/** A Redis that stands still does not hang up either; nobody waits for it for longer. */
const HANG_UP_MS = 200;

/** For ioredis and BullMQ: what is asked while Redis cannot be reached waits until it can. */
export const connectionTo = (address: RedisAddress) => ({
  ...address,
  maxRetriesPerRequest: null,
  disconnectTimeout: HANG_UP_MS,
});

/**
 * A connection that comes back by itself once it is there.
 * @param trouble - Hears each time why it is not.
 * @throws Error of ioredis when there is no Redis that answers.
 */
export async function connect(address: RedisAddress, trouble: (error: Error) => void): Promise<Redis> {
  const redis = new Redis({ ...connectionTo(address), lazyConnect: true });
  redis.on('error', trouble);
  try {
    await redis.connect();
  } catch (cause) {
    // It would try on for ever.
    redis.disconnect();
    throw cause;
  }
  return redis;
}

/** As Redis words it of a command, and of one in a script. */
const NOT_ALLOWED = /^NOPERM|ACL failure in script|can't run this command/;

/** Does something that a user may not be allowed to. @throws FleetError `HIL_FLEET_QUEUE_REFUSED` where Redis says so. */
export async function asAllowed<T>(
  { host, port, username = 'default' }: RedisAddress,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const reason = (cause as Error).message;
    if (!NOT_ALLOWED.test(reason)) throw cause;
    throw new FleetError(
      'HIL_FLEET_QUEUE_REFUSED',
      `The Redis at ${host}:${port} lets the user ${username} look, and not do that: ${reason}.`.replace(
        '..',
        '.',
      ),
      { host, port, username, reason },
      { cause },
    );
  }
}

/** Milliseconds since 1970 by the clock of Redis, which all benches share. */
export async function nowOf(redis: Redis): Promise<number> {
  const [seconds = 0, microseconds = 0] = await redis.time();
  return msOf([seconds, microseconds]);
}

/** Seconds since 1970 and microseconds within the last, as Redis answers `TIME`. */
export type RedisTime = readonly [seconds: string | number, microseconds: string | number];

export const msOf = ([seconds, microseconds]: RedisTime): number =>
  Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
