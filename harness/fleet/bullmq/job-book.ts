import type { Redis } from 'ioredis';
import { askedBy, heldOf, type Asked, type Held, type ProviderUse } from '../allowances';
import type { JobOrder, JobOutcome, JobRecord, JobStatus, PieceOutcome } from '../queue';
import { SHOWN_OVER, type Retention } from '../retention';
import type { Priority } from '../work';
import { fenceKeyOf, type Kept } from './redis-fence';

/** A job as it is kept. */
export interface KeptJob {
  readonly jobId: string;
  readonly order: JobOrder;
  readonly sinceMs: number;
  readonly isCancelled: boolean;
}

/** What is asked of providers at an instant, on the clock of Redis. */
export interface Seen {
  readonly uses: readonly ProviderUse[];
  readonly nowMs: number;
}

/**
 * A second order of a print that has one piece more has the merge, which the first then has too. Its key is made up here, as the name is
 * known only here.
 *
 * Two submitters of one print get one job: `SET NX` by hand, as the name is known only once it is free. One that was cancelled is nobody's
 * job any more, also while it has not ended.
 */
const BEGIN = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
local job = known and ARGV[8] .. known
if known and redis.call('HEXISTS', job, 'cancelled') == 0 then
  local pieces = redis.call('HGET', job, 'pieces')
  if pieces and tonumber(pieces) + 1 == tonumber(ARGV[6]) then
    redis.call('HSET', job, 'order', ARGV[3], 'pieces', ARGV[6])
  end
  return known
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], 'order', ARGV[3], 'since', ARGV[4], 'print', ARGV[1], 'priority', ARGV[5], 'pieces', ARGV[6], 'asked', ARGV[7])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
return ARGV[2]`;
/** The first who finds it over says so, and hears which jobs are too many from now on. A piece may have been added since it was looked. */
const END = `
if redis.call('HLEN', KEYS[5]) < tonumber(redis.call('HGET', KEYS[1], 'pieces') or '0') then return {} end
if redis.call('HSETNX', KEYS[1], 'over', '1') == 0 then return {} end
local print = redis.call('HGET', KEYS[1], 'print')
if redis.call('HGET', KEYS[2], print) == ARGV[1] then redis.call('HDEL', KEYS[2], print) end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
for at = 5, #KEYS do redis.call('PEXPIRE', KEYS[at], ARGV[3]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2] - ARGV[3])
local last = -1 - ARGV[4]
local many = redis.call('ZRANGE', KEYS[4], 0, last)
redis.call('ZREMRANGEBYRANK', KEYS[4], 0, last)
redis.call('PUBLISH', ARGV[5], ARGV[1])
return many`;

/** Orders that are remembered of jobs whose units were played of late: they are long, and do not change. */
const REMEMBERED = 100;

export const jobKeyOf = (prefix: string, jobId: string): string => `${prefix}:job:${jobId}`;

/** Jobs with the outcomes of their pieces, in Redis. What is over is forgotten after a time, and by number. */
export class JobBook {
  private readonly remembered = new Map<string, Omit<KeptJob, 'isCancelled'>>();

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly retention: Retention,
  ) {}

  /** Names of jobs that end are said here. */
  get channel(): string {
    return `${this.prefix}:over`;
  }

  /** Names of jobs that are cancelled are said here, so that whoever plays a unit of one need not wait for its heartbeat. */
  get cancelChannel(): string {
    return `${this.prefix}:cancelled`;
  }

  /** @returns The id of the job: `jobId`, or that of a job under way with the same print. */
  async begin(jobId: string, print: string, order: JobOrder, sinceMs: number): Promise<string> {
    const keys = [this.printsKey, this.jobKey(jobId), this.underWayKey];
    const { priority, pieces } = order;
    const asked = JSON.stringify(askedBy(pieces));
    const values = [
      print,
      jobId,
      JSON.stringify(order),
      sinceMs,
      priority,
      pieces.length,
      asked,
      this.jobKey(''),
    ];
    return (await this.redis.eval(BEGIN, keys.length, ...keys, ...values)) as string;
  }

  /** Undefined: there is no such job, or it was forgotten. */
  async job(jobId: string): Promise<KeptJob | undefined> {
    const { order, since, cancelled } = await this.redis.hgetall(this.jobKey(jobId));
    if (order === undefined || since === undefined) return undefined;
    return {
      jobId,
      order: JSON.parse(order) as JobOrder,
      sinceMs: Number(since),
      isCancelled: cancelled === '1',
    };
  }

  /** How many pieces a job has, and whether it is cancelled. */
  async standing(
    jobId: string,
  ): Promise<{ readonly pieces: number | undefined; readonly isCancelled: boolean }> {
    const [pieces, cancelled] = await this.redis.hmget(this.jobKey(jobId), 'pieces', 'cancelled');
    return {
      pieces: typeof pieces === 'string' ? Number(pieces) : undefined,
      isCancelled: cancelled === '1',
    };
  }

  /** A job that is asked for again and again. @param pieces - How many it has. */
  async knownJob(jobId: string, pieces: number): Promise<Omit<KeptJob, 'isCancelled'> | undefined> {
    const known = this.remembered.get(jobId);
    if (known?.order.pieces.length === pieces) return known;
    const job = await this.job(jobId);
    if (job === undefined) return undefined;
    this.remembered.set(jobId, job);
    const [oldest = ''] = this.remembered.keys();
    if (this.remembered.size > REMEMBERED) this.remembered.delete(oldest);
    return job;
  }

  /** A job with what has ended of it. */
  async record(jobId: string, seen: () => Promise<Seen>): Promise<JobRecord | undefined> {
    const job = await this.job(jobId);
    if (job === undefined) return undefined;
    const [isOver, outcome, { uses, nowMs }] = await Promise.all([
      this.isOver(jobId),
      this.outcome(job),
      seen(),
    ]);
    const held = isOver ? undefined : heldOf(askedBy(job.order.pieces), uses, nowMs);
    return { jobId, order: job.order, isOver, outcome, ...(held && { held }) };
  }

  /**
   * How far jobs are that are under way, the oldest first, and after them the newest that are over: what was long ago is not read.
   * @param running - Ids of the units that are played.
   */
  async statuses(running: readonly string[], { uses, nowMs }: Seen): Promise<readonly JobStatus[]> {
    const [underWay, over] = await Promise.all([
      this.redis.zrange(this.underWayKey, '0', '-1'),
      this.redis.zrange(this.overKey, `-${SHOWN_OVER}`, '-1'),
    ]);
    const ids = [...underWay, ...over];
    const asking = this.redis.pipeline();
    for (const jobId of ids)
      asking.hmget(this.jobKey(jobId), 'priority', 'pieces', 'over', 'asked').hlen(this.outcomesKey(jobId));
    const answers = (await asking.exec())?.map(([, answer]) => answer) ?? [];
    return ids.flatMap((jobId, index) => {
      const [priority, pieces, isOver, asked] = answers[2 * index] as readonly (string | null)[];
      // Forgotten at this very moment.
      if (typeof priority !== 'string') return [];
      const done = Number(answers[2 * index + 1]);
      const played = running.filter((id) => id.startsWith(`${jobId}/`)).length;
      // One that has just ended may be counted twice.
      const waiting = Math.max(0, Number(pieces) - done - played);
      const held: Held | undefined =
        waiting > 0 && typeof asked === 'string'
          ? heldOf(JSON.parse(asked) as Asked, uses, nowMs)
          : undefined;
      const counts = { waiting, running: played, done, isOver: isOver === '1' };
      return [{ jobId, priority: priority as Priority, ...counts, ...(held && { held }) }];
    });
  }

  /** False: it is over or there is none. */
  async cancel(jobId: string): Promise<boolean> {
    const job = await this.job(jobId);
    if (job === undefined || (await this.isOver(jobId))) return false;
    await this.redis.hset(this.jobKey(jobId), 'cancelled', '1');
    await this.redis.publish(this.cancelChannel, jobId);
    return true;
  }

  async isCancelled(jobId: string): Promise<boolean> {
    return (await this.redis.hget(this.jobKey(jobId), 'cancelled')) === '1';
  }

  async isOver(jobId: string): Promise<boolean> {
    return (await this.redis.hexists(this.jobKey(jobId), 'over')) === 1;
  }

  /** Whether units of it are still to be played: it is neither over nor cancelled nor forgotten. */
  async isUnderWay(jobId: string): Promise<boolean> {
    const [since, over, cancelled] = await this.redis.hmget(this.jobKey(jobId), 'since', 'over', 'cancelled');
    return typeof since === 'string' && over === null && cancelled === null;
  }

  /** Keeps the first outcome of a piece. */
  async settle(jobId: string, outcome: PieceOutcome): Promise<void> {
    await this.redis.hsetnx(this.outcomesKey(jobId), outcome.piece, JSON.stringify(outcome));
  }

  /** How the outcome of a piece is kept, for whoever keeps it together with something else. */
  settling(jobId: string, outcome: PieceOutcome): Kept {
    const text = JSON.stringify(outcome);
    return { key: this.outcomesKey(jobId), field: outcome.piece, text, jobKey: this.jobKey(jobId) };
  }

  async outcomeOf(jobId: string, piece: string): Promise<PieceOutcome | undefined> {
    const text = await this.redis.hget(this.outcomesKey(jobId), piece);
    return text === null ? undefined : (JSON.parse(text) as PieceOutcome);
  }

  settled(jobId: string): Promise<number> {
    return this.redis.hlen(this.outcomesKey(jobId));
  }

  /** Tells all who listen that a job is over; the second time nobody. */
  async end(jobId: string, nowMs: number): Promise<void> {
    const { forMs, jobs } = this.retention;
    const keys = [this.jobKey(jobId), this.printsKey, this.underWayKey, this.overKey, ...this.restOf(jobId)];
    const values = [jobId, nowMs, forMs, jobs, this.channel];
    const many = (await this.redis.eval(END, keys.length, ...keys, ...values)) as readonly string[];
    const forgotten = many.flatMap((id) => [this.jobKey(id), ...this.restOf(id)]);
    if (forgotten.length > 0) await this.redis.unlink(...forgotten);
  }

  async outcome({ jobId, order, isCancelled }: KeptJob): Promise<JobOutcome> {
    const kept = await this.redis.hgetall(this.outcomesKey(jobId));
    const pieces = order.pieces.flatMap((_, index) => {
      const text = kept[`${jobId}/${index}`];
      return text === undefined ? [] : [JSON.parse(text) as PieceOutcome];
    });
    return { jobId, isCancelled, pieces };
  }

  private jobKey(jobId: string): string {
    return jobKeyOf(this.prefix, jobId);
  }

  private outcomesKey(jobId: string): string {
    return `${this.prefix}:outcomes:${jobId}`;
  }

  /** What is kept of a job beside itself. */
  private restOf(jobId: string): readonly string[] {
    return [this.outcomesKey(jobId), fenceKeyOf(this.prefix, jobId)];
  }

  private get printsKey(): string {
    return `${this.prefix}:prints`;
  }

  private get underWayKey(): string {
    return `${this.prefix}:under-way`;
  }

  private get overKey(): string {
    return `${this.prefix}:ended`;
  }
}
