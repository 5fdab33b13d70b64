import type { Redis } from 'ioredis';
import { LEASE_MS } from '../limits';
import {
  FORGOTTEN_MS,
  seenAt,
  type BenchOrder,
  type BenchReport,
  type BenchRoll,
  type BenchState,
} from '../roll';
import { BOOKED, type BookedVerdict, type VerdictBook } from '../verdict-book';
import { asAllowed, connect, nowOf, type RedisAddress } from './redis-address';

export interface RedisRollOptions {
  readonly redis: RedisAddress;
  /** Of all keys. Default: `earshot`. */
  readonly prefix?: string;
  /** Default: 30 s. */
  readonly leaseMs?: number;
  /** Hears why Redis cannot be reached, each time it is tried. Default: nobody. */
  readonly onTrouble?: (error: Error) => void;
}

/** Orders that wait for one bench, the newest; a bench that was away for longer than it takes to forget it hears none. */
const MOST_ORDERS = 100;
const STRIKE_OFF_EVERY_MS = 3_600_000;

/** A roll that all benches share. Orders wait in a list for each bench; a message tells that there is one. */
export class RedisRoll implements BenchRoll {
  private readonly address: RedisAddress;
  private readonly leaseMs: number;
  private readonly prefix: string;
  private readonly trouble: (error: Error) => void;
  private readonly listeners = new Map<string, (order: BenchOrder) => void>();
  /** Orders are heard one after another. */
  private hearing: Promise<void> = Promise.resolve();
  private isOpen = true;
  private struckOffAtMs = -Infinity;

  private constructor(
    private readonly redis: Redis,
    private readonly ears: Redis,
    { redis: address, prefix = 'earshot', leaseMs = LEASE_MS, onTrouble = () => undefined }: RedisRollOptions,
  ) {
    this.address = address;
    this.prefix = prefix;
    this.leaseMs = leaseMs;
    this.trouble = onTrouble;
    ears.on('message', (channel: string) => this.hear(channel));
    // What was said while it was away.
    ears.on('ready', () => {
      for (const bench of this.listeners.keys()) this.hear(this.ordersKey(bench));
    });
  }

  /** @throws Error of ioredis when there is no Redis that answers. */
  static async open(options: RedisRollOptions): Promise<RedisRoll> {
    const { redis: address, onTrouble = () => undefined } = options;
    const redis = await connect(address, onTrouble);
    try {
      return new RedisRoll(redis, await connect(address, onTrouble), options);
    } catch (cause) {
      redis.disconnect();
      throw cause;
    }
  }

  nowMs(): Promise<number> {
    return nowOf(this.redis);
  }

  async announce(report: BenchReport): Promise<void> {
    const seenAtMs = await this.nowMs();
    const state: BenchState = { ...report, seenAtMs };
    await this.redis.hset(this.benchesKey, report.bench, JSON.stringify(state));
    await this.strikeOff(seenAtMs);
  }

  async leave(bench: string): Promise<void> {
    await this.redis.hdel(this.benchesKey, bench);
  }

  async benches(): Promise<readonly BenchState[]> {
    const nowMs = await this.nowMs();
    const kept = (await this.redis.hvals(this.benchesKey)).map((text) => JSON.parse(text) as BenchState);
    const seen = kept.flatMap((state) => seenAt(state, nowMs, this.leaseMs) ?? []);
    return seen.sort((a, b) => a.bench.localeCompare(b.bench));
  }

  async order(order: BenchOrder): Promise<void> {
    const key = this.ordersKey(order.bench);
    // By itself: of a pipeline nobody would hear that it was refused.
    await asAllowed(this.address, this.redis.rpush(key, JSON.stringify(order)));
    await this.redis.pipeline().ltrim(key, -MOST_ORDERS, -1).pexpire(key, FORGOTTEN_MS).exec();
    await this.redis.publish(key, '');
  }

  async onOrder(bench: string, listener: (order: BenchOrder) => void): Promise<void> {
    this.listeners.set(bench, listener);
    const key = this.ordersKey(bench);
    await this.ears.subscribe(key);
    this.hear(key);
    await this.hearing;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.ears.disconnect();
    this.redis.disconnect();
    await this.hearing;
  }

  /** Benches that are forgotten; by those that announce themselves, as whoever only looks may not. */
  private async strikeOff(nowMs: number): Promise<void> {
    if (nowMs - this.struckOffAtMs < STRIKE_OFF_EVERY_MS) return;
    this.struckOffAtMs = nowMs;
    for (const [bench, text] of Object.entries(await this.redis.hgetall(this.benchesKey)))
      if (seenAt(JSON.parse(text) as BenchState, nowMs, this.leaseMs) === undefined) await this.leave(bench);
  }

  /** Has the listener of these orders hear those that wait. */
  private hear(key: string): void {
    this.hearing = this.hearing
      .then(() => this.takeOrders(key))
      .catch((error: unknown) => {
        if (this.isOpen) this.trouble(error as Error);
      });
  }

  private async takeOrders(key: string): Promise<void> {
    const [, listener] = [...this.listeners].find(([bench]) => this.ordersKey(bench) === key) ?? [];
    while (listener !== undefined && this.isOpen) {
      const text = await this.redis.lpop(key);
      if (text === null) return;
      listener(JSON.parse(text) as BenchOrder);
    }
  }

  private get benchesKey(): string {
    return `${this.prefix}:benches`;
  }

  private ordersKey(bench: string): string {
    return `${this.prefix}:orders:${bench}`;
  }
}

/** Verdicts that all benches share. */
export class RedisVerdicts implements VerdictBook {
  private constructor(
    private readonly redis: Redis,
    private readonly key: string,
  ) {}

  /** @throws Error of ioredis when there is no Redis that answers. */
  static async open({ redis, prefix = 'earshot', onTrouble }: RedisRollOptions): Promise<RedisVerdicts> {
    return new RedisVerdicts(await connect(redis, onTrouble ?? (() => undefined)), `${prefix}:verdicts`);
  }

  async record(verdict: BookedVerdict): Promise<void> {
    await this.redis.lpush(this.key, JSON.stringify(verdict));
    await this.redis.ltrim(this.key, 0, BOOKED - 1);
  }

  async recent(count: number): Promise<readonly BookedVerdict[]> {
    if (count < 1) return [];
    const texts = await this.redis.lrange(this.key, 0, count - 1);
    return texts.map((text) => JSON.parse(text) as BookedVerdict);
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }
}
