import type { Redis } from 'ioredis';
import type { Allowance } from '../allowances';
import type { Unit } from '../work';

/** Whose it is stands behind what it costs: an order whose answer was lost comes twice, and is for the same then. */
const TAKE = `
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then return held == ARGV[2] .. ' ' .. ARGV[5] and 1 or 0 end
local running = tonumber(redis.call('HGET', KEYS[1], 'running') or '0')
local spent = tonumber(redis.call('HGET', KEYS[1], 'spent') or '0')
if ARGV[3] ~= '' and running >= tonumber(ARGV[3]) then return 0 end
if ARGV[4] ~= '' and spent + tonumber(ARGV[2]) > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. ARGV[5])
redis.call('HINCRBY', KEYS[1], 'running', 1)
redis.call('HINCRBYFLOAT', KEYS[1], 'spent', ARGV[2])
return 1`;
const END = `
local thought = redis.call('HGET', KEYS[2], ARGV[1])
if not thought then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[1], 'running', -1)
if ARGV[2] ~= '' then redis.call('HINCRBYFLOAT', KEYS[1], 'spent', tonumber(ARGV[2]) - tonumber(string.match(thought, '^%S+'))) end
return 1`;

/** What all benches together may ask of providers. A unit is counted once, and let go once, however often somebody says so. */
export class RedisAllowances {
  /** @param prefix - Of its keys: one for each provider, and one that names the units that run. */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly ofProviders: Readonly<Record<string, Allowance>>,
  ) {}

  /** False: its provider allows no more, or somebody else runs the unit. */
  async take({ id, costCents, needs }: Unit, holder: string): Promise<boolean> {
    const { atOnce = '', spendCents = '' } = this.ofProviders[needs.provider] ?? {};
    const keys = [this.useKey(needs.provider), this.runningKey] as const;
    return (await this.redis.eval(TAKE, 2, ...keys, id, costCents, atOnce, spendCents, holder)) === 1;
  }

  /** Whether these providers allow a unit; somebody else may come first. */
  async allowing(providers: readonly string[]): Promise<(unit: Unit) => boolean> {
    const limited = providers.filter((provider) => this.ofProviders[provider] !== undefined);
    const used = new Map(
      await Promise.all(
        limited.map(async (provider) => {
          const [running, spent] = await this.redis.hmget(this.useKey(provider), 'running', 'spent');
          return [provider, { running: Number(running ?? 0), spent: Number(spent ?? 0) }] as const;
        }),
      ),
    );
    return ({ costCents, needs: { provider } }) => {
      const { running, spent } = used.get(provider) ?? { running: 0, spent: 0 };
      const { atOnce = Infinity, spendCents = Infinity } = this.ofProviders[provider] ?? {};
      return running < atOnce && spent + costCents <= spendCents;
    };
  }

  /** @param costCents - What it did cost; undefined: what it was thought to. */
  async end({ id, needs }: Unit, costCents?: number): Promise<void> {
    const keys = [this.useKey(needs.provider), this.runningKey] as const;
    await this.redis.eval(END, 2, ...keys, id, costCents ?? '');
  }

  /** Ids of the units that run. */
  running(): Promise<readonly string[]> {
    return this.redis.hkeys(this.runningKey);
  }

  private get runningKey(): string {
    return `${this.prefix}:running`;
  }

  private useKey(provider: string): string {
    return `${this.prefix}:use:${provider}`;
  }
}
