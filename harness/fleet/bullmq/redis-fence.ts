import type { Redis } from 'ioredis';
import type { Acceptance, Fence } from '../fence';

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
return 'accepted'`;

/** A fence that all benches share. Scripts run whole in Redis, so of two bundles that come at once one is accepted. */
export class RedisFence implements Fence {
  /** @param key - Of the hash that standings are kept in. */
  constructor(
    private readonly redis: Redis,
    private readonly key: string,
  ) {}

  async issue(piece: string): Promise<number | undefined> {
    const token = (await this.redis.eval(ISSUE, 1, this.key, piece)) as number;
    return token === 0 ? undefined : token;
  }

  /** Those of the pieces that somebody has played, or plays. */
  async issued(pieces: readonly string[]): Promise<ReadonlySet<string>> {
    const standings = pieces.length === 0 ? [] : await this.redis.hmget(this.key, ...pieces);
    return new Set(pieces.filter((_, index) => typeof standings[index] === 'string'));
  }

  async accept(piece: string, token: number): Promise<Acceptance> {
    return (await this.redis.eval(ACCEPT, 1, this.key, piece, token)) as Acceptance;
  }

  /** Forgets pieces of a job that is over. */
  async forget(pieces: readonly string[]): Promise<void> {
    if (pieces.length > 0) await this.redis.hdel(this.key, ...pieces);
  }
}
