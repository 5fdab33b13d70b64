import { randomUUID } from 'node:crypto';
import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Cancel } from '../../ports';
import type { Allowance, ProviderUse } from '../allowances';
import type { Acceptance } from '../fence';
import { builtBy, firstAttempt, notBuilt, openUntil } from '../flow';
import { LEASE_MS, MOST_ATTEMPTS } from '../limits';
import { choose, type Circumstances, type Waiting } from '../placement';
import {
  pieceOf,
  printOf,
  type BundleRef,
  type Claim,
  type FleetQueue,
  type Hold,
  type JobOrder,
  type JobOutcome,
  type JobRecord,
  type JobStatus,
} from '../queue';
import { RETENTION, type Retention } from '../retention';
import { nextAttempt, priorities, queueOf, queuesOf, type Seat, type Unit } from '../work';
import { JobBook, type KeptJob, type Seen } from './job-book';
import { asAllowed, connectionTo, nowOf, type RedisAddress } from './redis-address';
import { RedisFence, type JobProgress } from './redis-fence';
import { RedisGrants } from './redis-grants';

export interface BullMqQueueOptions {
  readonly redis: RedisAddress;
  /** Of all keys. Default: `earshot`. */
  readonly prefix?: string;
  /** Default: 30 s. */
  readonly leaseMs?: number;
  /** Default: 14 days and 1 000 jobs. */
  readonly retention?: Partial<Retention>;
  /** Hears why Redis cannot be reached, each time it is tried; what is asked meanwhile waits until it can. Default: nobody. */
  readonly onTrouble?: (error: Error) => void;
}

type WaiterQueue = Queue<Waiting, void, string, Waiting, void, string>;

/** A unit that this process plays. */
interface Playing {
  readonly job: Job<Waiting, void>;
  readonly lock: string;
  readonly quiet: string | undefined;
}

/** So many of a queue are looked at for a board's choice, and so many that it may not play are put back. */
const LOOKED_AT = 8;
/** A unit that a board may not play is out of the others' way for so long. */
const PUT_BACK_MS = 1_000;
/** BullMQ takes 2 097 151 priorities, the least first: a third of them for each of ours, by the age of the job in these steps. */
const PRIORITIES_OF_RANK = 600_000;
const AGE_STEP_MS = 10_000;
/** Of BullMQ's stream of events, about so many of the newest are kept: nobody reads older ones. */
const KEPT_EVENTS = 1_000;
/** Of a job that nobody has begun with. */
const UNTOUCHED = { settled: 0, isCancelled: false, begun: new Set<string>() } as const;
/** Units whose time has come, by Redis; BullMQ has the time as milliseconds in steps of 4 096. */
const DUE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', (now + 1) * 4096 - 1, 'LIMIT', 0, ARGV[1])`;
/** More often than anybody looks for stalled units. */
const MOST_STALLS = 1_000_000;

/**
 * A fleet on Redis. BullMQ keeps the units, locks them for whoever plays them and finds those whose lock ran out; placement and fence
 * are the fleet's own. A unit that stalls fails there and comes again under another id, for another board.
 */
export class BullMqQueue implements FleetQueue {
  private readonly redis: Redis;
  private readonly ears: Redis;
  private readonly prefix: string;
  private readonly leaseMs: number;
  private readonly retention: Retention;
  private readonly fence: RedisFence;
  private readonly grants: RedisGrants;
  private readonly book: JobBook;
  private readonly queues = new Map<string, WaiterQueue>();
  private readonly workers = new Map<string, Worker<Waiting, void>>();
  private readonly playing = new Map<string, Playing>();
  private readonly listeners: ((outcome: JobOutcome) => void)[] = [];
  private readonly cancelListeners = new Set<(jobId: string) => void>();
  /** Ends of jobs that are being looked up for the listeners. */
  private readonly telling = new Set<Promise<void>>();

  private readonly trouble: (error: Error) => void;

  private constructor(private readonly options: BullMqQueueOptions) {
    const { prefix = 'earshot', leaseMs = LEASE_MS } = options;
    this.prefix = prefix;
    this.leaseMs = leaseMs;
    this.retention = { ...RETENTION, ...options.retention };
    this.trouble = options.onTrouble ?? (() => undefined);
    this.redis = new Redis({ ...connectionTo(options.redis), lazyConnect: true });
    this.ears = this.redis.duplicate();
    for (const connection of [this.redis, this.ears]) connection.on('error', this.trouble);
    this.fence = new RedisFence(this.redis, prefix);
    this.grants = new RedisGrants(this.redis, prefix);
    this.book = new JobBook(this.redis, prefix, this.retention);
  }

  /** @throws Error of ioredis when there is no Redis that answers. */
  static async open(options: BullMqQueueOptions): Promise<BullMqQueue> {
    const queue = new BullMqQueue(options);
    try {
      await queue.redis.connect();
      await queue.ears.connect();
    } catch (cause) {
      // It would try on for ever.
      await queue.close();
      throw cause;
    }
    queue.ears.on('message', (channel: string, jobId: string) => {
      if (channel === queue.book.cancelChannel) {
        for (const listener of queue.cancelListeners) listener(jobId);
        return;
      }
      const told: Promise<void> = queue
        .tellOver(jobId)
        .catch(queue.trouble)
        .finally(() => queue.telling.delete(told));
      queue.telling.add(told);
    });
    await queue.ears.subscribe(queue.book.channel, queue.book.cancelChannel);
    return queue;
  }

  async submit(order: JobOrder): Promise<string> {
    const nowMs = await this.nowMs();
    const sinceMs = Math.max(nowMs, order.notBeforeMs ?? 0);
    const wanted = `job-${randomUUID()}`;
    const jobId = await this.allowed(this.book.begin(wanted, printOf(order), order, sinceMs));
    if (jobId === wanted) await this.goOn(jobId, { ...UNTOUCHED, pieces: order.pieces.length, nowMs });
    // Whoever submitted it first may have ended before all of it was in line.
    else await this.goOn(jobId, await this.progress(jobId));
    return jobId;
  }

  async claim(seat: Seat): Promise<Claim | undefined> {
    const names = queuesOf(seat.offer);
    // Whoever takes from a queue looks for stalled units in it: also while it has never had one.
    await Promise.all(names.map((name) => this.worker(name)));
    for (let tried = 0; tried < LOOKED_AT; tried++) {
      const [circumstances, ...waiting] = await Promise.all([
        this.circumstances(seat),
        ...names.map((name) => this.waitingIn(name)),
      ]);
      const chosen = choose(waiting.flat(), seat, circumstances);
      if (chosen === undefined) return undefined;
      const claim = await this.takeFrom(queueOf(chosen.unit.needs), seat, circumstances);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  async heartbeat(claim: Claim): Promise<Hold> {
    const { unit } = claim;
    const playing = this.playing.get(unit.id);
    const [isCancelled, isHeld] = await Promise.all([
      this.book.isCancelled(unit.jobId),
      playing?.job.extendLock(playing.lock, this.leaseMs).catch(() => 0),
      playing && this.grants.renew(unit, this.leaseMs),
    ]);
    if (playing !== undefined && !isCancelled && isHeld === 1) {
      if (playing.quiet !== undefined) await this.redis.pexpire(playing.quiet, this.leaseMs);
      return 'held';
    }
    if (isCancelled) await this.letGo(claim);
    else await this.fail(claim, this.unheard(claim.board));
    return isCancelled ? 'cancelled' : 'lost';
  }

  async complete(claim: Claim, bundle: BundleRef, costCents?: number): Promise<Acceptance> {
    const { unit, token, board } = claim;
    const outcome = { piece: unit.piece, board, attempts: unit.attempt, bundle };
    const accepted = await this.fence.accept(unit.piece, token, this.book.settling(unit.jobId, outcome));
    if (accepted.acceptance === 'stale') return 'stale';
    // Also after a repeated delivery: what was to follow the first may not have come to pass. And before it is let go: of a process that
    // ends between the two the lock runs out, and whoever takes it up goes on.
    await this.goOn(unit.jobId, accepted.progress);
    await this.letGo(claim, costCents);
    return accepted.acceptance;
  }

  async fail(claim: Claim, reason: string): Promise<void> {
    const playing = this.playing.get(claim.unit.id);
    if (playing === undefined) return;
    // The next attempt first: of a process that ends between the two the lock runs out, which comes to the same.
    await this.again(playing.job.data, reason, claim.board);
    await this.letGo(claim);
  }

  async cancel(jobId: string): Promise<void> {
    if (!(await this.allowed(this.book.cancel(jobId)))) return;
    const job = await this.book.job(jobId);
    if (job === undefined) return;
    // Before what is left in line is dropped, of which nobody would take anything: whoever cancels may be ended in the midst of it.
    const dropped = job.order.pieces.map((_, index) =>
      this.book.settle(jobId, { piece: pieceOf(jobId, index), attempts: 0, missing: 'cancelled' }),
    );
    await Promise.all(dropped);
    await this.book.end(jobId, await this.nowMs());
    for (const name of new Set(job.order.pieces.map(({ needs }) => queueOf(needs)))) {
      const waiting = await this.queue(name).getJobs(['prioritized', 'delayed']);
      for (const one of waiting) if (one.data.unit.jobId === jobId) await one.remove().catch(() => undefined);
    }
  }

  job(jobId: string): Promise<JobRecord | undefined> {
    return this.book.record(jobId, () => this.seen());
  }

  async status(): Promise<readonly JobStatus[]> {
    const [running, seen] = await Promise.all([this.grants.running(), this.seen()]);
    return this.book.statuses(running, seen);
  }

  limit(provider: string, allowance: Allowance | undefined): Promise<void> {
    return this.allowed(this.grants.limit(provider, allowance));
  }

  providers(): Promise<readonly ProviderUse[]> {
    return this.grants.uses();
  }

  onJobOver(listener: (outcome: JobOutcome) => void): void {
    this.listeners.push(listener);
  }

  onCancel(listener: (jobId: string) => void): Cancel {
    this.cancelListeners.add(listener);
    return () => void this.cancelListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.ears.disconnect();
    await Promise.all(this.telling);
    await Promise.all([...this.workers.values()].map((worker) => worker.close(true)));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    this.redis.disconnect();
  }

  private allowed<T>(work: Promise<T>): Promise<T> {
    return asAllowed(this.options.redis, work);
  }

  private async tellOver(jobId: string): Promise<void> {
    const job = await this.book.job(jobId);
    if (job === undefined) return;
    const outcome = await this.book.outcome(job);
    for (const listener of this.listeners) listener(outcome);
  }

  /**
   * Sees to it that as many pieces wait or are played as the job asks for; done again it changes nothing.
   * @returns How many pieces have ended then: what is of firmware that was not built ends with the build.
   */
  private async feed(
    { jobId, order, sinceMs }: Pick<KeptJob, 'jobId' | 'order' | 'sinceMs'>,
    { settled, isCancelled, begun, nowMs }: JobProgress,
  ): Promise<number> {
    if (isCancelled) return settled;
    const wasBuilt = order.pieces[0]?.chore !== undefined;
    const first = wasBuilt ? await this.book.outcomeOf(jobId, pieceOf(jobId, 0)) : undefined;
    const unplayable = notBuilt(jobId, order, first);
    for (const outcome of unplayable) await this.book.settle(jobId, outcome);
    const ended = unplayable.length === 0 ? settled : await this.book.settled(jobId);
    const until = openUntil(order, ended);
    const dropped = new Set(unplayable.map(({ piece }) => piece));
    const adding: Promise<void>[] = [];
    for (let index = 0; index < until; index++) {
      const piece = pieceOf(jobId, index);
      // One that was lost waits as its next attempt, or will; its first is gone from the queue, where it would be added once more.
      if (begun.has(piece) || dropped.has(piece)) continue;
      const unit = firstAttempt(jobId, order, index, builtBy(order, first));
      if (unit !== undefined) adding.push(this.put(unit, sinceMs, nowMs));
    }
    await Promise.all(adding);
    return ended;
  }

  /** Adds a unit to its queue, where each id is kept once. */
  private async put(unit: Unit, sinceMs: number, nowMs: number): Promise<void> {
    const rank = priorities.indexOf(unit.priority) * PRIORITIES_OF_RANK;
    const age = Math.floor(sinceMs / AGE_STEP_MS) % PRIORITIES_OF_RANK;
    await this.queue(queueOf(unit.needs)).add(
      unit.suites.join(' '),
      { unit, sinceMs, offeredAtMs: Math.max(nowMs, sinceMs) },
      { jobId: unit.id, priority: rank + age + 1, delay: Math.max(0, sinceMs - nowMs) },
    );
  }

  private async circumstances({ isolation, offer }: Seat): Promise<Circumstances> {
    const [nowMs, allows, heard] = await Promise.all([
      this.nowMs(),
      this.grants.allowing(offer.providers),
      isolation === undefined ? 0 : this.redis.exists(this.quietKey(isolation)),
    ]);
    return { nowMs, allows: (unit) => allows(unit, nowMs), isHeard: () => heard === 1 };
  }

  /** The first units of a queue. Those whose lock ran out BullMQ has wait again: whoever looks next has them played under another id. */
  private async waitingIn(name: string): Promise<readonly Waiting[]> {
    const first = (): Promise<Job<Waiting, void>[]> =>
      this.queue(name).getJobs(['prioritized', 'wait'], 0, LOOKED_AT - 1, true);
    const [areDue, found] = await Promise.all([this.promoteDue(name), first()]);
    const stalled = found.filter(hasStalled);
    for (const job of stalled) {
      await this.afterStall(job.data);
      // Somebody else may have done so already.
      await job.remove().catch(() => undefined);
    }
    const waiting = stalled.length === 0 && !areDue ? found : await first();
    return waiting.filter((job) => !hasStalled(job)).map(({ data }) => data);
  }

  /**
   * Has units wait whose time has come, or that were put back long enough ago: BullMQ does so where a unit is taken, and nobody takes from
   * a queue in which none waits. True: there were such.
   */
  private async promoteDue(name: string): Promise<boolean> {
    const queue = this.queue(name);
    const due = (await this.redis.eval(DUE, 1, queue.toKey('delayed'), LOOKED_AT)) as readonly string[];
    for (const id of due) {
      const job = await queue.getJob(id);
      // Somebody else may have done so already.
      await job?.promote().catch(() => undefined);
    }
    return due.length > 0;
  }

  private async afterStall(waiting: Waiting): Promise<void> {
    const board = await this.grants.boardOf(waiting.unit);
    await this.again(waiting, this.unheard(board), board);
  }

  private unheard(board = 'its board'): string {
    return `${board} was not heard of for ${this.leaseMs} ms`;
  }

  /** The first of a queue, if the board may play it; else it is put back. */
  private async takeFrom(name: string, seat: Seat, circumstances: Circumstances): Promise<Claim | undefined> {
    const lock = `${seat.board}-${randomUUID()}`;
    const worker = await this.worker(name);
    // Its type leaves out that there may be none.
    const job = (await worker.getNextJob(lock, { block: false })) as Job<Waiting, void> | undefined;
    if (job === undefined) return undefined;
    const { unit, offeredAtMs } = job.data;
    if (hasStalled(job)) {
      await this.afterStall(job.data);
      await job.moveToCompleted(undefined, lock, false).catch(() => undefined);
      return undefined;
    }
    const quiet = seat.isolation === undefined ? undefined : this.quietKey(seat.isolation);
    const holder = {
      ...{ lock, leaseMs: this.leaseMs, nowMs: circumstances.nowMs },
      ...(quiet === undefined ? {} : { quiet }),
    };
    const isFit = choose([job.data], seat, circumstances) !== undefined;
    const taken = isFit ? await this.grants.take(unit, holder) : await this.standingOf(unit);
    if (taken === 'not-now') return this.putBack(job, lock);
    if (typeof taken === 'string') {
      // Of a job that has ended meanwhile, some may still wait; and a board that was taken for lost may have delivered since.
      await job.moveToCompleted(undefined, lock, false).catch(() => undefined);
      return undefined;
    }
    this.playing.set(unit.id, { job, lock, quiet });
    return { unit, board: seat.board, token: taken.token, leaseMs: this.leaseMs, offeredAtMs };
  }

  /** Of a unit that the board may not play. */
  private async standingOf({ jobId }: Unit): Promise<'over' | 'not-now'> {
    return (await this.book.isUnderWay(jobId)) ? 'not-now' : 'over';
  }

  private async putBack(job: Job<Waiting, void>, lock: string): Promise<undefined> {
    // Without a lock it has stalled, and waits already.
    await job.moveToDelayed((await this.nowMs()) + PUT_BACK_MS, lock).catch(() => undefined);
    return undefined;
  }

  /** The unit is nobody's any more: its lock, its allowance and its silence end. */
  private async letGo(claim: Claim, costCents?: number): Promise<void> {
    const { unit } = claim;
    const playing = this.playing.get(unit.id);
    this.playing.delete(unit.id);
    await Promise.all([
      this.grants.end(unit, costCents, playing?.quiet),
      // Without a lock it has stalled and failed already.
      playing?.job.moveToCompleted(undefined, playing.lock, false).catch(() => undefined),
    ]);
  }

  /** A board lost a unit: another is to play it, unless it was lost too often. Done again it changes nothing. */
  private async again({ unit, sinceMs }: Waiting, reason: string, board: string | undefined): Promise<void> {
    const { jobId, piece, attempt } = unit;
    if (await this.book.isUnderWay(jobId)) {
      // Who delivered it may have ended before what was to follow.
      const isDelivered = (await this.book.outcomeOf(jobId, piece)) !== undefined;
      if (!isDelivered && attempt < MOST_ATTEMPTS)
        await this.put(nextAttempt(unit, board), sinceMs, await this.nowMs());
      else {
        await this.book.settle(jobId, { piece, attempts: attempt, missing: reason });
        await this.goOn(jobId, await this.progress(jobId));
      }
    }
    // Last: whoever does this again is to know whose it was.
    await this.grants.end(unit);
  }

  /** Has what follows of a job's pieces come to pass. Done again it changes nothing. */
  private async goOn(jobId: string, progress: JobProgress): Promise<void> {
    const { pieces, settled, nowMs } = progress;
    if (pieces === undefined) return;
    const job = settled < pieces ? await this.book.knownJob(jobId, pieces) : undefined;
    const ended = job === undefined ? settled : await this.feed(job, progress);
    if (ended >= pieces) await this.book.end(jobId, nowMs);
  }

  private async progress(jobId: string): Promise<JobProgress> {
    const [kept, settled, begun, nowMs] = await Promise.all([
      this.book.standing(jobId),
      this.book.settled(jobId),
      this.fence.begun(jobId),
      this.nowMs(),
    ]);
    return { ...kept, settled, begun, nowMs };
  }

  private async seen(): Promise<Seen> {
    const [uses, nowMs] = await Promise.all([this.grants.uses(), this.nowMs()]);
    return { uses, nowMs };
  }

  private nowMs(): Promise<number> {
    return nowOf(this.redis);
  }

  private quietKey(isolation: string): string {
    return `${this.prefix}:quiet:${isolation}`;
  }

  private get bull(): { readonly connection: ReturnType<typeof connectionTo>; readonly prefix: string } {
    return { connection: connectionTo(this.options.redis), prefix: `${this.prefix}:bull` };
  }

  /** What BullMQ keeps of units that are over, in each queue, for whoever looks at its pages. */
  private get kept(): { readonly age: number; readonly count: number } {
    return { age: Math.ceil(this.retention.forMs / 1_000), count: this.retention.jobs };
  }

  private queue(name: string): WaiterQueue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const queue: WaiterQueue = new Queue(bullName(name), {
      ...this.bull,
      streams: { events: { maxLen: KEPT_EVENTS } },
      defaultJobOptions: { removeOnComplete: this.kept, removeOnFail: this.kept },
    });
    queue.on('error', this.trouble);
    this.queues.set(name, queue);
    return queue;
  }

  private async worker(name: string): Promise<Worker<Waiting, void>> {
    const known = this.workers.get(name);
    if (known !== undefined) return known;
    const worker = new Worker<Waiting, void>(bullName(name), null, {
      ...this.bull,
      autorun: false,
      lockDuration: this.leaseMs,
      stalledInterval: Math.ceil(this.leaseMs / 3),
      // A unit that stalls is taken up here, under another id.
      maxStalledCount: MOST_STALLS,
      skipLockRenewal: true,
    });
    worker.on('error', this.trouble);
    this.workers.set(name, worker);
    await worker.waitUntilReady();
    void worker.startStalledCheckTimer();
    return worker;
  }
}

/** Whoever had it has not been heard of, as BullMQ has counted. */
const hasStalled = ({ stalledCounter }: Job<Waiting, void>): boolean => stalledCounter > 0;

/** BullMQ has no colons in names. */
const bullName = (name: string): string => name.replaceAll(':', '.');
