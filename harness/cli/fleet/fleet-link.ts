import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fleetSettings } from '../../config';
import { closeAll, type Closable } from '../../errors';
import {
  openBundleStore,
  type BenchRoll,
  type BundleStore,
  type FleetQueue,
  type Retention,
  type VerdictBook,
} from '../../fleet';
import { BullMqQueue, reachRedis, RedisRoll, RedisVerdicts, saysPasswordInClear } from '../../fleet/bullmq';

/** Where a fleet is, as the command line says it. */
export interface FleetPlace {
  /** Such as `redis://host:port`. */
  readonly queue: string;
  /** Path of the certificate of whoever signed the server's; undefined: one that Node knows. */
  readonly redisCa: string | undefined;
  /** Of all keys in Redis. */
  readonly prefix: string;
}

/** A fleet's shared parts. Closing it leaves what they hold where it is. */
export interface FleetLink extends Closable {
  readonly queue: FleetQueue;
  readonly roll: BenchRoll;
  readonly verdicts: VerdictBook;
}

/** The same word again and again is said once in so long. */
const TROUBLE_EVERY_MS = 30_000;

/**
 * Reaches for a fleet.
 * @param say - Hears when it cannot be reached later on, now and then.
 * @param retention - Of the jobs that end here. Default: 14 days and 1 000 jobs.
 * @param leaseMs - Of units that are claimed here. Default: 30 s.
 * @throws What `reachRedis` throws.
 */
export async function openFleet(
  place: FleetPlace,
  say: (text: string) => void,
  retention: Partial<Retention> = {},
  leaseMs?: number,
): Promise<FleetLink> {
  let saidAtMs = -Infinity;
  const onTrouble = ({ message }: Error): void => {
    const nowMs = performance.now();
    if (nowMs - saidAtMs < TROUBLE_EVERY_MS) return;
    saidAtMs = nowMs;
    say(`the queue at ${place.queue} is out of reach: ${message}`);
  };
  const { queue: uri, redisCa: caPath, prefix } = place;
  const { redisPassword: password } = fleetSettings();
  const redis = await reachRedis({
    uri,
    ...(caPath === undefined ? {} : { caPath }),
    ...(password === undefined ? {} : { password }),
  });
  if (saysPasswordInClear(redis)) say('the password goes to Redis in the clear: rediss: has TLS');
  const options = { redis, prefix, onTrouble };
  const opened: Closable[] = [];
  const kept = <T extends Closable>(part: T): T => {
    opened.push(part);
    return part;
  };
  try {
    const queue = kept(
      await BullMqQueue.open({ ...options, retention, ...(leaseMs === undefined ? {} : { leaseMs }) }),
    );
    const roll = kept(await RedisRoll.open(options));
    const verdicts = kept(await RedisVerdicts.open(options));
    return { queue, roll, verdicts, close: () => closeAll(opened) };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

/** A store by its address, or by the path of a folder. @throws ConfigError `HIL_CONFIG_USAGE`. */
export function openBundles(address: string): BundleStore {
  const isPath = !/^[a-z][a-z\d+.-]+:/i.test(address);
  return openBundleStore(isPath ? pathToFileURL(resolve(address)).href : address, fleetSettings().bundles);
}
