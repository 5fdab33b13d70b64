import type { Redis } from 'ioredis';
import type { Acceptance, Fence } from '../fence';
import { jobOf } from '../queue';

/** A standing is the newest token; with `=` ahead of it once the bundle of its holder was accepted. */
const ISSUE = `
local standing = redis.call('HGET', KEYS[1], ARGV[1])
if standing and string.sub(standing, 1, 1) == '=' then return 0 end
local token = (tonumber(standing) or 0) + 1
redis.call('HSET', KEYS[1], ARGV[1], token)
return token`;
const ACCEPT = `
local standing = redis.call('HGET', KEYS[1], ARGV[1])
if standing == '=' .. ARGV[2] then return 'repeated' end
if standing ~= ARGV[2] then return 'stale' end
redis.call('HSET', KEYS[1], ARGV[1], '=' .. ARGV[2])
redis.call('HSETNX', KEYS[2], ARGV[3], ARGV[4])
return 'accepted'`;

/** Of the hash that standings of a job's pieces are kept in: it goes as a whole when the job is forgotten. */
export const fenceKeyOf = (prefix: string, jobId: string): string => `${prefix}:fence:${jobId}`;

/** What is kept where a bundle is accepted, unless something is kept there already. */
export interface Kept {
  readonly key: string;
  readonly field: string;
  readonly text: string;
}

/** A fence that all benches share. Scripts run whole in Redis, so of two bundles that come at once one is accepted. */
export class RedisFence implements Pick<Fence, 'issue'> {
  /** @param prefix - Of its keys, one for each job. */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async issue(piece: string): Promise<number | undefined> {
    const token = (await this.redis.eval(ISSUE, 1, this.keyOf(piece), piece)) as number;
    return token === 0 ? undefined : token;
  }

  /** Those of the pieces of a job that somebody has played, or plays. */
  async issued(jobId: string, pieces: readonly string[]): Promise<ReadonlySet<string>> {
    const key = fenceKeyOf(this.prefix, jobId);
    const standings = pieces.length === 0 ? [] : await this.redis.hmget(key, ...pieces);
    return new Set(pieces.filter((_, index) => typeof standings[index] === 'string'));
  }

  /** In one step with what follows from it: a process that ended between the two would have lost the piece. */
  async accept(piece: string, token: number, { key, field, text }: Kept): Promise<Acceptance> {
    const keys = [this.keyOf(piece), key] as const;
    return (await this.redis.eval(ACCEPT, 2, ...keys, piece, token, field, text)) as Acceptance;
  }

  private keyOf(piece: string): string {
    return fenceKeyOf(this.prefix, jobOf(piece));
  }
}
