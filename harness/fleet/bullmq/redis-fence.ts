import type { Redis } from 'ioredis';
import type { Acceptance } from '../fence';
import { jobOf } from '../queue';
import { msOf, type RedisTime } from './redis-address';

/**
 * A standing is the newest token, as it is issued with all else that goes with a unit (`RedisGrants`); with `=` ahead of it once the bundle
 * of its holder was accepted. What the job has come to by then is said with it: what follows takes no question more.
 */
const ACCEPT = `
local standing = redis.call('HGET', KEYS[1], ARGV[1])
local said = 'repeated'
if standing ~= '=' .. ARGV[2] then
  if standing ~= ARGV[2] then return {'stale'} end
  redis.call('HSET', KEYS[1], ARGV[1], '=' .. ARGV[2])
  redis.call('HSETNX', KEYS[2], ARGV[3], ARGV[4])
  said = 'accepted'
end
local job = redis.call('HMGET', KEYS[3], 'pieces', 'cancelled')
return {said, redis.call('HLEN', KEYS[2]), job[1] or '', job[2] or '', redis.call('TIME'), redis.call('HKEYS', KEYS[1])}`;

/** Of the hash that standings of a job's pieces are kept in: it goes as a whole when the job is forgotten. */
export const fenceKeyOf = (prefix: string, jobId: string): string => `${prefix}:fence:${jobId}`;

/** What is kept where a bundle is accepted, unless something is kept there already. */
export interface Kept {
  readonly key: string;
  readonly field: string;
  readonly text: string;
  /** What is asked how far the job is. */
  readonly jobKey: string;
}

/** How far a job is. */
export interface JobProgress {
  /** Pieces that have ended. */
  readonly settled: number;
  /** How many it has; undefined: it was forgotten. */
  readonly pieces: number | undefined;
  readonly isCancelled: boolean;
  /** Names of those that somebody has played, or plays. */
  readonly begun: ReadonlySet<string>;
  /** On the clock of Redis. */
  readonly nowMs: number;
}

/** What became of a bundle, and of its job. Of one that comes too late nobody asks. */
export type Accepted =
  | { readonly acceptance: Exclude<Acceptance, 'stale'>; readonly progress: JobProgress }
  | { readonly acceptance: 'stale' };

/** A fence that all benches share. Scripts run whole in Redis, so of two bundles that come at once one is accepted. */
export class RedisFence {
  /** @param prefix - Of its keys, one for each job. */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  /** Names of the pieces of a job that somebody has played, or plays. */
  async begun(jobId: string): Promise<ReadonlySet<string>> {
    return new Set(await this.redis.hkeys(fenceKeyOf(this.prefix, jobId)));
  }

  /** In one step with what follows from it: a process that ended between the two would have lost the piece. */
  async accept(piece: string, token: number, { key, field, text, jobKey }: Kept): Promise<Accepted> {
    const keys = [fenceKeyOf(this.prefix, jobOf(piece)), key, jobKey] as const;
    const [acceptance, settled, pieces, cancelled, time, begun] = (await this.redis.eval(
      ...[ACCEPT, 3, ...keys, piece, token, field, text],
    )) as readonly [Acceptance, number, string, string, RedisTime, readonly string[]];
    if (acceptance === 'stale') return { acceptance };
    const progress: JobProgress = {
      settled,
      pieces: pieces === '' ? undefined : Number(pieces),
      isCancelled: cancelled === '1',
      begun: new Set(begun),
      nowMs: msOf(time),
    };
    return { acceptance, progress };
  }
}
