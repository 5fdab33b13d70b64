import type { Redis } from 'ioredis';
import { dayOf, heldBy, minuteOf, type Allowance, type ProviderUse } from '../allowances';
import { jobOf } from '../queue';
import type { Unit } from '../work';
import { jobKeyOf } from './job-book';
import { fenceKeyOf } from './redis-fence';

/*
 * All that has to hold for a board to play a unit is looked at, and all that follows from its playing is kept, in one step: a round trip
 * for what were four, and no two benches spend the same cents.
 */

/**
 * Whose it is stands behind what it costs and on which day: an order whose answer was lost comes twice, and is for the same then. A
 * provider is asked by units that were heard of within their lease: a bench that is gone asks nothing, whether or not anybody has its unit.
 */
const TAKE = `
local job = redis.call('HMGET', KEYS[1], 'since', 'over', 'cancelled')
if not job[1] or job[2] or job[3] then return 'over' end
local standing = redis.call('HGET', KEYS[5], ARGV[2])
if standing and string.sub(standing, 1, 1) == '=' then return 'played' end
local heard = KEYS[7] and redis.call('GET', KEYS[7])
if heard and heard ~= ARGV[1] then return 'not-now' end
local held = redis.call('HGET', KEYS[3], ARGV[1])
local mine = ARGV[4] .. ' ' .. ARGV[6] .. ' ' .. ARGV[5]
if held and held ~= mine then return 'not-now' end
if not held then
  local limit = cjson.decode(redis.call('HGET', KEYS[4], ARGV[3]) or '{}')
  local use = redis.call('HMGET', KEYS[2], 'day', 'spent', 'minute', 'begun')
  redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', '(' .. ARGV[9])
  local running = redis.call('ZCARD', KEYS[6])
  local day, minute = tonumber(ARGV[6]), tonumber(ARGV[7])
  local isNewDay = not use[1] or tonumber(use[1]) < day
  local spent = isNewDay and 0 or tonumber(use[2] or '0')
  local isNewMinute = not use[3] or tonumber(use[3]) < minute
  local begun = isNewMinute and 0 or tonumber(use[4] or '0')
  if limit.atOnce and running >= limit.atOnce then return 'not-now' end
  if limit.unitsPerMinute and begun >= limit.unitsPerMinute then return 'not-now' end
  if limit.centsPerDay and tonumber(ARGV[4]) > 0 and spent + tonumber(ARGV[4]) > limit.centsPerDay then return 'not-now' end
  if isNewDay then redis.call('HSET', KEYS[2], 'day', ARGV[6], 'spent', '0') end
  if isNewMinute then redis.call('HSET', KEYS[2], 'minute', ARGV[7], 'begun', '0') end
  redis.call('HSET', KEYS[3], ARGV[1], mine)
  redis.call('HINCRBY', KEYS[2], 'begun', 1)
  redis.call('HINCRBYFLOAT', KEYS[2], 'spent', ARGV[4])
end
redis.call('ZADD', KEYS[6], ARGV[9] + ARGV[8], ARGV[1])
if KEYS[7] then redis.call('SET', KEYS[7], ARGV[1], 'PX', ARGV[8]) end
local token = (tonumber(standing) or 0) + 1
redis.call('HSET', KEYS[5], ARGV[2], token)
return token`;
/** Of a unit that was let go nothing is known any more. */
const RENEW = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2], ARGV[1])
return 1`;
/** Without a time of the caller's it is that of Redis. */
const USE = `
local time = redis.call('TIME')
local now = ARGV[1] ~= '' and ARGV[1] or time[1] * 1000 + math.floor(time[2] / 1000)
local use = redis.call('HMGET', KEYS[1], 'day', 'spent', 'minute', 'begun')
return {redis.call('ZCOUNT', KEYS[2], now, '+inf'), use[1], use[2], use[3], use[4]}`;
/** What is spent on a day that is over is nobody's concern any more. */
const END = `
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  local thought, day = string.match(held, '^(%S+) (%S+)')
  if ARGV[2] ~= '' and redis.call('HGET', KEYS[1], 'day') == day then
    redis.call('HINCRBYFLOAT', KEYS[1], 'spent', tonumber(ARGV[2]) - tonumber(thought))
  end
end
if KEYS[4] and redis.call('GET', KEYS[4]) == ARGV[1] then redis.call('DEL', KEYS[4]) end
return 1`;

/** What came of asking for a unit: the token, or why not. `over`: its job has ended; `played`: its bundle has been accepted. */
export type Taken = { readonly token: number } | 'over' | 'played' | 'not-now';

/** Who asks for a unit. */
export interface Holder {
  /** Differs for each time that somebody asks. */
  readonly lock: string;
  /** What is kept while boards that would hear the board are to be silent. Absent: nobody hears it. */
  readonly quiet?: string;
  readonly leaseMs: number;
  /** On the clock of Redis. */
  readonly nowMs: number;
}

/** A lock is a board with so many characters behind it: a hyphen and a UUID. */
const LOCK_CHARACTERS = 37;

/** Who plays what, and what all benches together may ask of providers. A unit is counted once and let go once, however often somebody says so. */
export class RedisGrants {
  /** @param prefix - Of its keys. */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async take({ id, piece, jobId, costCents, needs }: Unit, holder: Holder): Promise<Taken> {
    const { lock, quiet, leaseMs, nowMs } = holder;
    const keys = [
      jobKeyOf(this.prefix, jobId),
      this.useKey(needs.provider),
      this.runningKey,
      this.limitsKey,
      fenceKeyOf(this.prefix, jobOf(piece)),
      this.askingKey(needs.provider),
      ...(quiet === undefined ? [] : [quiet]),
    ];
    const values = [
      ...[id, piece, needs.provider, costCents, lock],
      ...[dayOf(nowMs), minuteOf(nowMs), leaseMs, nowMs],
    ];
    const said = (await this.redis.eval(TAKE, keys.length, ...keys, ...values)) as
      number | Exclude<Taken, object>;
    return typeof said === 'number' ? { token: said } : said;
  }

  /** @param costCents - What it did cost; undefined: what it was thought to. @param quiet - Ends with it, if it is the unit's. */
  async end({ id, needs }: Unit, costCents?: number, quiet?: string): Promise<void> {
    const keys = [
      this.useKey(needs.provider),
      this.runningKey,
      this.askingKey(needs.provider),
      ...(quiet === undefined ? [] : [quiet]),
    ];
    await this.redis.eval(END, keys.length, ...keys, id, costCents ?? '');
  }

  /** A unit is still played, for as long as `leaseMs` from now. */
  async renew({ id, needs }: Unit, leaseMs: number): Promise<void> {
    await this.redis.eval(RENEW, 2, this.runningKey, this.askingKey(needs.provider), id, leaseMs);
  }

  /** Whether these providers allow a unit; somebody else may come first. @param nowMs - On the clock of Redis. */
  async allowing(providers: readonly string[]): Promise<(unit: Unit, nowMs: number) => boolean> {
    const uses = new Map((await this.uses(providers)).map((use) => [use.provider, use]));
    return ({ costCents, needs: { provider } }, nowMs) =>
      heldBy(uses.get(provider), costCents, nowMs) === undefined;
  }

  /**
   * What is asked of providers that are limited.
   * @param among - Undefined: of all of them. @param nowMs - Undefined: the time of Redis.
   */
  async uses(among?: readonly string[], nowMs?: number): Promise<readonly ProviderUse[]> {
    const limits = Object.entries(await this.redis.hgetall(this.limitsKey));
    const limited = limits.filter(([provider]) => among?.includes(provider) !== false);
    if (limited.length === 0) return [];
    const asking = this.redis.pipeline();
    for (const [provider] of limited)
      asking.eval(USE, 2, this.useKey(provider), this.askingKey(provider), nowMs ?? '');
    const answers = (await asking.exec()) ?? [];
    return limited.map(([provider, text], index) => {
      const [, answer] = answers[index] ?? [];
      const [running, day, spent, minute, begun] = (answer as readonly (number | string | null)[]).map(
        Number,
      );
      return {
        provider,
        allowance: JSON.parse(text) as Allowance,
        running: running ?? 0,
        day: day ?? 0,
        spentCents: spent ?? 0,
        minute: minute ?? 0,
        begun: begun ?? 0,
      };
    });
  }

  /** @param allowance - Undefined: the provider is not limited any more. */
  async limit(provider: string, allowance: Allowance | undefined): Promise<void> {
    if (allowance === undefined) await this.redis.hdel(this.limitsKey, provider);
    else await this.redis.hset(this.limitsKey, provider, JSON.stringify(allowance));
  }

  /** Which board holds a unit; undefined: none. */
  async boardOf({ id }: Unit): Promise<string | undefined> {
    const held = await this.redis.hget(this.runningKey, id);
    const [, , ...lock] = held?.split(' ') ?? [];
    return held === null ? undefined : lock.join(' ').slice(0, -LOCK_CHARACTERS);
  }

  /** Ids of the units that run. */
  running(): Promise<readonly string[]> {
    return this.redis.hkeys(this.runningKey);
  }

  private get runningKey(): string {
    return `${this.prefix}:running`;
  }

  private get limitsKey(): string {
    return `${this.prefix}:limits`;
  }

  private useKey(provider: string): string {
    return `${this.prefix}:use:${provider}`;
  }

  /** Units that are played at a provider, by the time at which they will not have been heard of for their lease. */
  private askingKey(provider: string): string {
    return `${this.prefix}:asking:${provider}`;
  }
}
