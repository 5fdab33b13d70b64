import { randomUUID } from 'node:crypto';
import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Allowance } from '../allowances';
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
import { JobBook, type KeptJob } from './job-book';
import { connectionTo, nowOf, type RedisAddress } from './redis-address';
import { RedisAllowances } from './redis-allowances';
import { RedisFence } from './redis-fence';

export interface BullMqQueueOptions {
  readonly redis: RedisAddress;
  /** Of all keys. Default: `earshot`. */
  readonly prefix?: string;
  /** By provider; the same for all benches. Default: none is limited. */
  readonly allowances?: Readonly<Record<string, Allowance>>;
  /** Default: 30 s. */
  readonly leaseMs?: number;
  /** Default: 14 days and 1 000 jobs. */
  readonly retention?: Partial<Retention>;
  /** Hears why Redis cannot be reached, each time it is tried; what is asked meanwhile waits until it can. Default: nobody. */
  readonly onTrouble?: (error: Error) => void;
}

/** What waits in BullMQ. */
interface Waiter extends Waiting {
  /** Who plays it. Absent: nobody yet. */
  readonly board?: string;
}

type WaiterQueue = Queue<Waiter, void, string, Waiter, void, string>;

/** A unit that this process plays. */
interface Playing {
  readonly job: Job<Waiter, void>;
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
  private readonly allowances: RedisAllowances;
  private readonly book: JobBook;
  private readonly queues = new Map<string, WaiterQueue>();
  private readonly workers = new Map<string, Worker<Waiter, void>>();
  private readonly playing = new Map<string, Playing>();
  private readonly listeners: ((outcome: JobOutcome) => void)[] = [];
  /** Ends of jobs that are being looked up for the listeners. */
  private readonly telling = new Set<Promise<void>>();

  private readonly trouble: (error: Error) => void;

  private constructor(private readonly options: BullMqQueueOptions) {
    const { prefix = 'earshot', allowances = {}, leaseMs = LEASE_MS } = options;
    this.prefix = prefix;
    this.leaseMs = leaseMs;
    this.retention = { ...RETENTION, ...options.retention };
    this.trouble = options.onTrouble ?? (() => undefined);
    this.redis = new Redis({ ...connectionTo(options.redis), lazyConnect: true });
    this.ears = this.redis.duplicate();
    for (const connection of [this.redis, this.ears]) connection.on('error', this.trouble);
    this.fence = new RedisFence(this.redis, prefix);
    this.allowances = new RedisAllowances(this.redis, prefix, allowances);
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
    queue.ears.on('message', (_, jobId: string) => {
      const told: Promise<void> = queue
        .tellOver(jobId)
        .catch(queue.trouble)
        .finally(() => queue.telling.delete(told));
      queue.telling.add(told);
    });
    await queue.ears.subscribe(queue.book.channel);
    return queue;
  }

  async submit(order: JobOrder): Promise<string> {
    const sinceMs = Math.max(await this.nowMs(), order.notBeforeMs ?? 0);
    const wanted = `job-${randomUUID()}`;
    const jobId = await this.book.begin(wanted, printOf(order), order, sinceMs);
    if (jobId === wanted) await this.feed({ jobId, order, sinceMs, isCancelled: false }, 0);
    // Whoever submitted it first may have ended before all of it was in line.
    else await this.goOn(jobId);
    return jobId;
  }

  async claim(seat: Seat): Promise<Claim | undefined> {
    const names = queuesOf(seat.offer);
    // Whoever takes from a queue looks for stalled units in it: also while it has never had one.
    await Promise.all(names.map((name) => this.worker(name)));
    for (let tried = 0; tried < LOOKED_AT; tried++) {
      const circumstances = await this.circumstances(seat);
      const waiting = await Promise.all(names.map((name) => this.waitingIn(name)));
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
    const job = await this.book.job(unit.jobId);
    if (job?.isCancelled === true) {
      await this.letGo(claim);
      return 'cancelled';
    }
    if (playing === undefined) return 'lost';
    const isHeld = await playing.job.extendLock(playing.lock, this.leaseMs).catch(() => 0);
    if (isHeld !== 1) {
      await this.letGo(claim);
      return 'lost';
    }
    if (playing.quiet !== undefined) await this.redis.pexpire(playing.quiet, this.leaseMs);
    return 'held';
  }

  async complete(claim: Claim, bundle: BundleRef, costCents?: number): Promise<Acceptance> {
    const { unit, token, board } = claim;
    const outcome = { piece: unit.piece, board, attempts: unit.attempt, bundle };
    const acceptance = await this.fence.accept(unit.piece, token, this.book.settling(unit.jobId, outcome));
    if (acceptance === 'stale') return acceptance;
    // Also after a repeated delivery: what was to follow the first may not have come to pass. And before it is let go: of a process that
    // ends between the two the lock runs out, and whoever takes it up goes on.
    await this.goOn(unit.jobId);
    await this.letGo(claim, costCents);
    return acceptance;
  }

  async fail(claim: Claim, reason: string): Promise<void> {
    const playing = this.playing.get(claim.unit.id);
    if (playing === undefined) return;
    // The next attempt first: of a process that ends between the two the lock runs out, which comes to the same.
    await this.again(playing.job.data, claim.board, reason);
    await this.letGo(claim);
  }

  async cancel(jobId: string): Promise<void> {
    if (!(await this.book.cancel(jobId))) return;
    const job = await this.book.job(jobId);
    if (job === undefined) return;
    for (const name of new Set(job.order.pieces.map(({ needs }) => queueOf(needs)))) {
      const waiting = await this.queue(name).getJobs(['prioritized', 'delayed']);
      for (const one of waiting) if (one.data.unit.jobId === jobId) await one.remove().catch(() => undefined);
    }
    for (const [index] of job.order.pieces.entries())
      await this.book.settle(jobId, { piece: pieceOf(jobId, index), attempts: 0, missing: 'cancelled' });
    await this.book.end(jobId, await this.nowMs());
  }

  job(jobId: string): Promise<JobRecord | undefined> {
    return this.book.record(jobId);
  }

  async status(): Promise<readonly JobStatus[]> {
    return this.book.statuses(await this.allowances.running());
  }

  onJobOver(listener: (outcome: JobOutcome) => void): void {
    this.listeners.push(listener);
  }

  async close(): Promise<void> {
    this.ears.disconnect();
    await Promise.all(this.telling);
    await Promise.all([...this.workers.values()].map((worker) => worker.close(true)));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    this.redis.disconnect();
  }

  private async tellOver(jobId: string): Promise<void> {
    const job = await this.book.job(jobId);
    if (job === undefined) return;
    const outcome = await this.book.outcome(job);
    for (const listener of this.listeners) listener(outcome);
  }

  /**
   * Sees to it that as many pieces wait or are played as the job asks for; done again it changes nothing.
   * @param settled - Pieces that have ended.
   * @returns How many have then: what is of firmware that was not built ends with the build.
   */
  private async feed({ jobId, order, sinceMs, isCancelled }: KeptJob, settled: number): Promise<number> {
    if (isCancelled) return settled;
    const wasBuilt = order.pieces[0]?.chore !== undefined;
    const first = wasBuilt ? await this.book.outcomeOf(jobId, pieceOf(jobId, 0)) : undefined;
    const unplayable = notBuilt(jobId, order, first);
    for (const outcome of unplayable) await this.book.settle(jobId, outcome);
    const ended = unplayable.length === 0 ? settled : await this.book.settled(jobId);
    const until = openUntil(order, ended);
    const pieces = order.pieces.slice(0, until).map((_, index) => pieceOf(jobId, index));
    // One that was lost waits as its next attempt, or will; its first is gone from the queue, where it would be added once more.
    const begun = await this.fence.issued(jobId, pieces);
    const dropped = new Set(unplayable.map(({ piece }) => piece));
    for (const [index, piece] of pieces.entries()) {
      if (begun.has(piece) || dropped.has(piece)) continue;
      const unit = firstAttempt(jobId, order, index, builtBy(order, first));
      if (unit !== undefined) await this.put(unit, sinceMs);
    }
    return ended;
  }

  /** Adds a unit to its queue, where each id is kept once. */
  private async put(unit: Unit, sinceMs: number): Promise<void> {
    const rank = priorities.indexOf(unit.priority) * PRIORITIES_OF_RANK;
    const age = Math.floor(sinceMs / AGE_STEP_MS) % PRIORITIES_OF_RANK;
    const nowMs = await this.nowMs();
    await this.queue(queueOf(unit.needs)).add(
      unit.suites.join(' '),
      { unit, sinceMs, offeredAtMs: Math.max(nowMs, sinceMs) },
      { jobId: unit.id, priority: rank + age + 1, delay: Math.max(0, sinceMs - nowMs) },
    );
  }

  private async circumstances({ isolation, offer }: Seat): Promise<Circumstances> {
    const [nowMs, allows, heard] = await Promise.all([
      this.nowMs(),
      this.allowances.allowing(offer.providers),
      isolation === undefined ? 0 : this.redis.exists(this.quietKey(isolation)),
    ]);
    return { nowMs, allows, isHeard: () => heard === 1 };
  }

  /** The first units of a queue. Those whose lock ran out BullMQ has wait again: whoever looks next has them played under another id. */
  private async waitingIn(name: string): Promise<readonly Waiting[]> {
    const first = (): Promise<Job<Waiter, void>[]> =>
      this.queue(name).getJobs(['prioritized', 'wait'], 0, LOOKED_AT - 1, true);
    const found = await first();
    const stalled = found.filter(hasStalled);
    for (const job of stalled) {
      await this.afterStall(job.data);
      // Somebody else may have done so already.
      await job.remove().catch(() => undefined);
    }
    const waiting = stalled.length === 0 ? found : await first();
    return waiting.filter((job) => !hasStalled(job)).map(({ data }) => data);
  }

  private afterStall(waiter: Waiter): Promise<void> {
    const { board } = waiter;
    return this.again(waiter, board, `${board ?? 'its board'} was not heard of for ${this.leaseMs} ms`);
  }

  /** The first of a queue, if the board may play it; else it is put back. */
  private async takeFrom(name: string, seat: Seat, circumstances: Circumstances): Promise<Claim | undefined> {
    const lock = `${seat.board}-${randomUUID()}`;
    const worker = await this.worker(name);
    // Its type leaves out that there may be none.
    const job = (await worker.getNextJob(lock, { block: false })) as Job<Waiter, void> | undefined;
    if (job === undefined) return undefined;
    const { unit, offeredAtMs } = job.data;
    if (hasStalled(job)) {
      await this.afterStall(job.data);
      await job.moveToCompleted(undefined, lock, false).catch(() => undefined);
      return undefined;
    }
    const isFit = choose([job.data], seat, circumstances) !== undefined;
    const [isUnderWay, isTaken] = await Promise.all([
      this.book.isUnderWay(unit.jobId),
      isFit && this.allowances.take(unit, lock),
    ]);
    // Of a job that has ended meanwhile, some may still wait.
    if (!isUnderWay) {
      if (isTaken) await this.allowances.end(unit, 0);
      await job.moveToCompleted(undefined, lock, false).catch(() => undefined);
      return undefined;
    }
    if (!isTaken) return this.putBack(job, lock);
    const quiet = seat.isolation === undefined ? undefined : this.quietKey(seat.isolation);
    if (quiet !== undefined && (await this.redis.set(quiet, unit.id, 'PX', this.leaseMs, 'NX')) !== 'OK') {
      await this.allowances.end(unit, 0);
      return this.putBack(job, lock);
    }
    const playing: Playing = { job, lock, quiet };
    this.playing.set(unit.id, playing);
    const [token, isSigned] = await Promise.all([
      this.fence.issue(unit.piece),
      job.updateData({ ...job.data, board: seat.board }).then(
        () => true,
        // It took so long that somebody else has taken it up.
        () => false,
      ),
    ]);
    const claim = { unit, board: seat.board, token: token ?? 0, leaseMs: this.leaseMs, offeredAtMs };
    if (token !== undefined && isSigned) return claim;
    // Without a token, a board that was taken for lost has delivered since.
    await this.letGo(claim, 0);
    return undefined;
  }

  private async putBack(job: Job<Waiter, void>, lock: string): Promise<undefined> {
    // Without a lock it has stalled, and waits already.
    await job.moveToDelayed((await this.nowMs()) + PUT_BACK_MS, lock).catch(() => undefined);
    return undefined;
  }

  /** The unit is nobody's any more: its lock, its allowance and its silence end. */
  private async letGo(claim: Claim, costCents?: number): Promise<void> {
    const { unit } = claim;
    const playing = this.playing.get(unit.id);
    this.playing.delete(unit.id);
    const ending: Promise<unknown>[] = [this.allowances.end(unit, costCents)];
    if (playing !== undefined) {
      const { job, lock, quiet } = playing;
      if (quiet !== undefined) ending.push(this.soundAgain(quiet, unit));
      // Without a lock it has stalled and failed already.
      ending.push(job.moveToCompleted(undefined, lock, false).catch(() => undefined));
    }
    await Promise.all(ending);
  }

  private async soundAgain(quiet: string, { id }: Unit): Promise<void> {
    if ((await this.redis.get(quiet)) === id) await this.redis.del(quiet);
  }

  /** A board lost a unit: another is to play it, unless it was lost too often. Done again it changes nothing. */
  private async again({ unit, sinceMs }: Waiter, board: string | undefined, reason: string): Promise<void> {
    const job = await this.book.job(unit.jobId);
    await this.allowances.end(unit);
    if (job?.isCancelled !== false) return;
    // Who delivered it may have ended before what was to follow.
    if ((await this.book.outcomeOf(unit.jobId, unit.piece)) !== undefined) await this.goOn(unit.jobId);
    else if (unit.attempt < MOST_ATTEMPTS) await this.put(nextAttempt(unit, board), sinceMs);
    else {
      await this.book.settle(unit.jobId, { piece: unit.piece, attempts: unit.attempt, missing: reason });
      await this.goOn(unit.jobId);
    }
  }

  private async goOn(jobId: string): Promise<void> {
    const [job, settled] = await Promise.all([this.book.job(jobId), this.book.settled(jobId)]);
    if (job === undefined) return;
    const ended = settled < job.order.pieces.length ? await this.feed(job, settled) : settled;
    if (ended >= job.order.pieces.length) await this.book.end(jobId, await this.nowMs());
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

  private async worker(name: string): Promise<Worker<Waiter, void>> {
    const known = this.workers.get(name);
    if (known !== undefined) return known;
    const worker = new Worker<Waiter, void>(bullName(name), null, {
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

/** Whoever had it has not been heard of: of one that ended before it had said who it is, BullMQ has counted that alone. */
const hasStalled = ({ data, stalledCounter }: Job<Waiter, void>): boolean =>
  data.board !== undefined || stalledCounter > 0;

/** BullMQ has no colons in names. */
const bullName = (name: string): string => name.replaceAll(':', '.');
