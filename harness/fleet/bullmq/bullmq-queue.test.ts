import { AsyncLocalStorage } from 'node:async_hooks';
import { QueueEvents } from 'bullmq';
import { Redis, type Command } from 'ioredis';
import {
  spentToday,
  FORGOTTEN_MS,
  LEASE_MS as FLEET_LEASE_MS,
  type Claim,
  type JobOrder,
  type JobOutcome,
  type Retention,
  type Seat,
  type Unit,
} from '..';
import { hasRedis, RedisServer } from '../__fixtures__/redis-server';
import { benchRollContract } from '../bench-roll.contract';
import { fleetQueueContract } from '../fleet-queue.contract';
import { delay, systemClock } from '../../ports';
import { DAY_MS } from '../allowances';
import { BullMqQueue, redisAddressOf, RedisRoll, RedisVerdicts } from '.';
import { RedisGrants } from './redis-grants';

/** Where a lease has to end; elsewhere none does, however busy the machine is. */
const SHORT_LEASE_MS = 400;
/** More than an agent gives for a unit from its first claim to the end of its delivery. */
const MOST_COMMANDS = 18;
const named = hasRedis ? 'on Redis' : 'on Redis (skipped without it: apt-get install redis-server)';

(hasRedis ? describe : describe.skip)(named, () => {
  let server: RedisServer;
  let opened = 0;
  const watching: QueueEvents[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => Promise.all(watching.splice(0).map((events) => events.close())));
  afterAll(() => server.close());

  const queues: BullMqQueue[] = [];
  /** Of a test that fails, too: Jest does not end with a connection. */
  const closers: (() => unknown)[] = [];
  afterEach(() => Promise.all(queues.splice(0).map((queue) => queue.close())));
  afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

  const open = (
    prefix: string,
    retention: Partial<Retention> = {},
    leaseMs = FLEET_LEASE_MS,
  ): Promise<BullMqQueue> => BullMqQueue.open({ redis: server.address, prefix, retention, leaseMs });

  fleetQueueContract('BullMQ', async (retention) => {
    opened += 1;
    const prefix = `fleet${opened}`;
    const events = new QueueEvents('korvo-2/alsa/en/mock', {
      connection: server.address,
      prefix: `${prefix}:bull`,
    });
    watching.push(events);
    await events.waitUntilReady();
    const stalls = (): Promise<void> => new Promise((resolve) => events.once('stalled', () => resolve()));
    return {
      queue: await open(prefix, retention, SHORT_LEASE_MS),
      leaseEnds: stalls,
      nowMs: () => Date.now(),
      passes: (forMs) => delay(systemClock, forMs),
    };
  });

  benchRollContract('Redis', async () => {
    opened += 1;
    const options = { redis: server.address, prefix: `fleet${opened}` };
    const roll = await RedisRoll.open(options);
    // Rather than wait: as if what was told had been told so long ago.
    const silence = async (): Promise<void> => {
      const redis = new Redis(server.address);
      const key = `${options.prefix}:benches`;
      for (const state of await roll.benches()) {
        const earlier = { ...state, seenAtMs: state.seenAtMs - FLEET_LEASE_MS };
        await redis.hset(key, state.bench, JSON.stringify(earlier));
      }
      redis.disconnect();
    };
    return { roll, verdicts: await RedisVerdicts.open(options), silence };
  });

  it('counts what is spent anew each day (UTC), and what ends later to the day on which it began', async () => {
    opened += 1;
    const prefix = `fleet${opened}`;
    const redis = new Redis(server.address);
    const grants = new RedisGrants(redis, prefix);
    await grants.limit('live:x', { centsPerDay: 10 });
    await redis.hset(`${prefix}:job:job-1`, 'since', '1');
    const day = 20_000 * DAY_MS;
    const unit = (index: number): Unit =>
      ({
        ...{ id: `job-1/${index}#1`, piece: `job-1/${index}`, jobId: 'job-1', costCents: 4 },
        needs: { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'live:x' },
      }) as Unit;
    const take = (index: number, nowMs: number) =>
      grants.take(unit(index), { lock: `a${index}`, leaseMs: 1_000, nowMs });
    const spent = async (nowMs: number): Promise<number> => spentToday((await grants.uses())[0]!, nowMs);
    expect(await take(0, day)).toEqual({ token: 1 });
    // Its answer was lost.
    expect(await take(0, day)).toEqual({ token: 2 });
    expect(await take(1, day)).toEqual({ token: 1 });
    expect(await take(2, day + DAY_MS - 1)).toBe('not-now');
    await grants.end(unit(1), 1);
    expect(await spent(day)).toBe(5);
    expect(await spent(day + DAY_MS)).toBe(0);
    expect(await take(2, day + DAY_MS)).toEqual({ token: 1 });
    await grants.end(unit(0), 9);
    expect(await spent(day + DAY_MS)).toBe(4);
    expect(await grants.uses(undefined, day + DAY_MS)).toMatchObject([{ running: 1 }]);
    // A bench whose question was long on its way does not bring yesterday back.
    expect(await take(3, day)).toEqual({ token: 1 });
    expect(await spent(day + DAY_MS)).toBe(8);
    redis.disconnect();
  });

  it('counts no bench that was not heard of for its lease among those that ask a provider', async () => {
    opened += 1;
    const prefix = `fleet${opened}`;
    const redis = new Redis(server.address);
    closers.push(() => redis.disconnect());
    const grants = new RedisGrants(redis, prefix);
    await grants.limit('live:x', { atOnce: 1 });
    await redis.hset(`${prefix}:job:job-1`, 'since', '1');
    const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'live:x' };
    const unit = (index: number): Unit =>
      ({ id: `job-1/${index}#1`, piece: `job-1/${index}`, jobId: 'job-1', costCents: 0, needs }) as Unit;
    const take = (index: number, nowMs: number) =>
      grants.take(unit(index), { lock: `a${index}`, leaseMs: 1_000, nowMs });
    const nowMs = Date.now();
    expect(await take(0, nowMs)).toEqual({ token: 1 });
    expect(await take(1, nowMs + 1_000)).toBe('not-now');
    // Its heartbeat: for an hour from now, on the clock of Redis.
    await grants.renew(unit(0), 3_600_000);
    expect(await take(1, nowMs + 1_001)).toBe('not-now');
    expect(await take(1, nowMs + 7_200_000)).toEqual({ token: 1 });
    expect(await grants.uses(undefined, nowMs + 7_200_000)).toMatchObject([{ running: 1 }]);
    await grants.end(unit(0));
    await grants.renew(unit(0), 3_600_000);
    await grants.end(unit(1));
    expect(await grants.uses()).toMatchObject([{ running: 0 }]);
  });

  it('gives whoever orders what was cancelled a job of their own, also where that has not ended', async () => {
    opened += 1;
    const prefix = `fleet${opened}`;
    const queue = await open(prefix);
    queues.push(queue);
    const redis = new Redis(server.address);
    closers.push(() => redis.disconnect());
    const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
    const order: JobOrder = {
      priority: 'gate',
      firmwareSha256: 'aa',
      pieces: [{ needs, suites: ['boot'], expectedMs: 1 }],
    };
    const broken = await queue.submit(order);
    // What is left of a cancel whose program was ended.
    await redis.hset(`${prefix}:job:${broken}`, 'cancelled', '1');
    const fresh = await queue.submit(order);
    expect(fresh).not.toBe(broken);
    await queue.cancel(broken);
    expect(await queue.submit(order)).toBe(fresh);
    expect(await queue.job(broken)).toMatchObject({ isOver: true, outcome: { isCancelled: true } });
  });

  it('keeps as much in Redis after ten jobs as after three, and each for its time', async () => {
    opened += 1;
    const prefix = `fleet${opened}`;
    const queue = await open(prefix, { jobs: 3, forMs: 60_000 });
    queues.push(queue);
    const redis = new Redis(server.address);
    closers.push(() => redis.disconnect());
    const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
    const kept: string[][] = [];
    for (let made = 0; made < 10; made++) {
      await queue.submit({
        priority: 'gate',
        firmwareSha256: `f${made}`,
        pieces: [0, 1].map(() => ({ needs, suites: ['boot'], expectedMs: 1 })),
      });
      const offer = { ...needs, languages: ['en'], providers: ['mock'] };
      for (const board of ['a', 'b']) {
        const claim = await queue.claim({ board, bench: 'one', offer });
        await queue.complete(claim!, { uri: 'file:///one', sha256: 'bb' });
      }
      // What BullMQ keeps for a fraction of a second, between looking for stalled units and looking again, is there or not.
      kept.push((await redis.keys(`${prefix}:*`)).filter((key) => !/:stalled(-check)?$/.test(key)));
    }
    expect(kept[9]).toHaveLength(kept[2]!.length);
    const ofJobs = kept[9]!.filter((key) => /:(job|outcomes|fence):/.test(key));
    expect(ofJobs).toHaveLength(9);
    for (const key of ofJobs) {
      const leftMs = await redis.pttl(key);
      expect([key, leftMs > 0 && leftMs <= 60_000]).toEqual([key, true]);
    }
    const meta = `${prefix}:bull:korvo-2/alsa/en/mock:meta`;
    expect(await redis.hget(meta, 'opts.maxLenEvents')).toBe('1000');
  });

  it('strikes benches off that were not heard of for a week, and keeps no more orders than anybody would obey', async () => {
    opened += 1;
    const roll = await RedisRoll.open({ redis: server.address, prefix: `fleet${opened}` });
    const redis = new Redis(server.address);
    closers.push(
      () => redis.disconnect(),
      () => roll.close(),
    );
    const benches = `fleet${opened}:benches`;
    const report = { host: 'lab', version: '0', boards: [] };
    const nowMs = await roll.nowMs();
    for (const [bench, silentMs] of [
      ['gone', FORGOTTEN_MS],
      ['quiet', FORGOTTEN_MS - 60_000],
    ] as const)
      await redis.hset(benches, bench, JSON.stringify({ ...report, bench, seenAtMs: nowMs - silentMs }));
    await roll.announce({ ...report, bench: 'here' });
    expect((await redis.hkeys(benches)).sort()).toEqual(['here', 'quiet']);
    for (let given = 0; given < 101; given++)
      await roll.order({ kind: 'drain', bench: 'gone', reason: `${given}` });
    const orders = `fleet${opened}:orders:gone`;
    expect(await redis.llen(orders)).toBe(100);
    expect(await redis.lindex(orders, -1)).toContain('100');
    expect(await redis.pttl(orders)).toBeGreaterThan(0);
  });

  describe('with several agents', () => {
    const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
    const piece = { needs, suites: ['boot'], expectedMs: 10_000 };
    const bundle = { uri: 'file:///bundles/one.tar', sha256: 'bb' };
    const seat = (board: string): Seat => ({
      board,
      bench: board,
      offer: { boardModel: 'Korvo-2', rig: 'alsa', languages: ['en'], providers: ['mock'] },
    });
    async function agents(count: number): Promise<readonly BullMqQueue[]> {
      opened += 1;
      for (let made = 0; made < count; made++) queues.push(await open(`fleet${opened}`));
      return queues;
    }
    const first = <T>([one]: readonly T[]): T => {
      if (one === undefined) throw new Error('there is none');
      return one;
    };
    const order = (pieces: number): JobOrder => ({
      priority: 'gate',
      firmwareSha256: 'aa',
      boards: pieces,
      pieces: Array.from({ length: pieces }, () => piece),
    });
    async function claimed(queue: BullMqQueue, board: string): Promise<Claim> {
      const claim = await queue.claim(seat(board));
      if (claim === undefined) throw new Error(`${board} was given nothing`);
      return claim;
    }

    it('gives no unit to two that ask at once, and ends each once', async () => {
      const asking = await agents(3);
      const over = new Promise<JobOutcome>((resolve) => first(asking).onJobOver(resolve));
      await first(asking).submit(order(12));
      const played = await Promise.all(
        asking.map(async (queue, agent) => {
          const pieces: string[] = [];
          for (
            let claim = await queue.claim(seat(`b${agent}`));
            claim;
            claim = await queue.claim(seat(`b${agent}`))
          ) {
            expect(await queue.complete(claim, bundle)).toBe('accepted');
            pieces.push(claim.unit.piece);
          }
          return pieces;
        }),
      );
      const { pieces } = await over;
      expect(played.flat().sort()).toEqual(pieces.map((one) => one.piece).sort());
      expect(pieces).toHaveLength(12);
    });

    it('accepts one of two bundles of a claim that come at once', async () => {
      const [one, other] = await agents(2);
      if (one === undefined || other === undefined) throw new Error('there are not two');
      await one.submit(order(1));
      const claim = await claimed(one, 'a');
      const said = await Promise.all([one.complete(claim, bundle), other.complete(claim, bundle)]);
      expect([...said].sort()).toEqual(['accepted', 'repeated']);
    });

    it('goes on where it was when Redis is killed and comes back', async () => {
      const queue = first(await agents(1));
      const over = new Promise<JobOutcome>((resolve) => queue.onJobOver(resolve));
      const jobId = await queue.submit(order(2));
      const claim = await claimed(queue, 'a');
      await server.kill();
      const held = queue.heartbeat(claim);
      await server.up();
      expect(['held', 'lost']).toContain(await held);
      // Whether the lease has run out meanwhile or not: the bundle counts as long as nobody else has the unit.
      expect(await queue.complete(claim, bundle)).toBe('accepted');
      const second = await claimed(queue, 'b');
      expect(await queue.complete(second, bundle)).toBe('accepted');
      expect(await over).toMatchObject({ jobId, pieces: [{ board: 'a' }, { board: 'b' }] });
    });

    /** What becomes of the command of an agent behind so many others. */
    interface Mishap {
      left: number;
      /** Takes it in place of Redis. */
      readonly strike: (redis: Redis, command: Command, send: () => unknown) => unknown;
    }

    /**
     * Has each command of a claim and its delivery meet with a mishap, each in a fleet of its own, and sees to it that another agent ends
     * the job.
     */
    async function eachStruck(mishapOf: (left: number, stop: () => void) => Mishap): Promise<void> {
      opened += 1;
      const mishaps = new AsyncLocalStorage<Mishap>();
      type Send = (this: Redis, ...args: Parameters<Redis['sendCommand']>) => unknown;
      const send: Send = Reflect.get(Redis.prototype, 'sendCommand');
      const sending = jest.spyOn(Redis.prototype, 'sendCommand');
      sending.mockImplementation(function (this: Redis, ...args) {
        const mishap = mishaps.getStore();
        if (mishap === undefined || mishap.left-- > 0) return send.apply(this, args);
        return mishap.strike(this, args[0], () => send.apply(this, args));
      });
      const strikeAt = async (left: number): Promise<boolean> => {
        const prefix = `mishap${opened}-${left}`;
        const [one, other] = [await open(prefix, {}, SHORT_LEASE_MS), await open(prefix, {}, SHORT_LEASE_MS)];
        queues.push(one, other);
        // Connecting takes as many commands as the rest.
        await one.claim(seat('a'));
        const jobId = await other.submit({ ...order(2), boards: 1 });
        const mishap = await new Promise<Mishap>((resolve, reject) => {
          const now = mishapOf(left, () => resolve(now));
          const deliver = async (): Promise<void> => {
            const claim = await one.claim(seat('a'));
            if (claim !== undefined) await one.complete(claim, bundle);
            resolve(now);
          };
          mishaps.run(now, () => void deliver().catch(reject));
        });
        let job = await other.job(jobId);
        while (job?.isOver !== true) {
          const claim = await other.claim(seat('b'));
          if (claim !== undefined) await other.complete(claim, bundle);
          job = await other.job(jobId);
        }
        expect(job.outcome.pieces).toMatchObject([{ bundle }, { bundle }]);
        return mishap.left < 0;
      };
      const struck = await Promise.all(Array.from({ length: MOST_COMMANDS }, (_, left) => strikeAt(left)));
      sending.mockRestore();
      // Otherwise nobody knows whether these were all.
      expect([struck.at(0), struck.at(-1)]).toEqual([true, false]);
    }

    it('loses no unit, after whichever of its commands an agent ends', () =>
      eachStruck((left, stop) => ({
        left,
        strike: () => {
          stop();
          return new Promise(() => undefined);
        },
      })));

    it('loses no unit, whichever of its commands comes twice, as after an answer that was lost', () =>
      eachStruck((left) => {
        let isDone = false;
        return {
          left,
          strike: (redis, { name, args }, send) => {
            if (!isDone) {
              isDone = true;
              void redis.call(name, ...args.map((arg) => (arg instanceof Buffer ? arg : String(arg))));
            }
            return send();
          },
        };
      }));

    it('delivers once a Redis that stood still goes on', async () => {
      const queue = first(await agents(1));
      const over = new Promise<JobOutcome>((resolve) => queue.onJobOver(resolve));
      await queue.submit(order(1));
      const claim = await claimed(queue, 'a');
      server.pause();
      const delivered = queue.complete(claim, bundle);
      server.goOn();
      expect(await delivered).toBe('accepted');
      expect((await over).pieces).toHaveLength(1);
    });
  });
});

it('says so when there is no Redis', async () => {
  await expect(BullMqQueue.open({ redis: { host: '127.0.0.1', port: 1 } })).rejects.toThrow(
    /ECONNREFUSED|closed/,
  );
});

it.each([
  ['redis://lab', { host: 'lab', port: 6379 }],
  ['rediss://bench:p%40ss@lab:6380/0', { host: 'lab', port: 6380, username: 'bench', password: 'p@ss' }],
  ['redis://[::1]:7000', { host: '::1', port: 7000 }],
])('reads %s', (uri, expected) => {
  expect(redisAddressOf(uri)).toMatchObject(expected);
});

it.each(['lab:6379', 'http://lab', 'redis://', 'redis://:secret@lab/1'])(
  'refuses %s and repeats no password',
  (uri) => {
    expect(() => redisAddressOf(uri)).toThrow(/expected redis:/);
    expect(() => redisAddressOf(uri)).not.toThrow(/secret/);
  },
);
