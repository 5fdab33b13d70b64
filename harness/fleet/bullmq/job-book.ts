import type { Redis } from 'ioredis';
import type { JobOrder, JobOutcome, JobRecord, PieceOutcome } from '../queue';

/** A job as it is kept. */
export interface KeptJob {
  readonly jobId: string;
  readonly order: JobOrder;
  readonly sinceMs: number;
  readonly isCancelled: boolean;
}

/** Two submitters of one print get one job: `SET NX` by hand, as the name is known only once it is free. */
const BEGIN = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return known end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], 'order', ARGV[3], 'since', ARGV[4], 'print', ARGV[1])
redis.call('SADD', KEYS[3], ARGV[2])
return ARGV[2]`;
/** The first who finds it over says so. */
const END = `
if redis.call('HSETNX', KEYS[1], 'over', '1') == 0 then return 0 end
redis.call('HDEL', KEYS[2], redis.call('HGET', KEYS[1], 'print'))
redis.call('PUBLISH', KEYS[3], ARGV[1])
return 1`;

/** Jobs with the outcomes of their pieces, in Redis. */
export class JobBook {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  /** Names of jobs that end are said here. */
  get channel(): string {
    return `${this.prefix}:over`;
  }

  /** @returns The id of the job: `jobId`, or that of a job under way with the same print. */
  async begin(jobId: string, print: string, order: JobOrder, sinceMs: number): Promise<string> {
    const keys = [`${this.prefix}:prints`, this.jobKey(jobId), `${this.prefix}:jobs`];
    return (await this.redis.eval(BEGIN, 3, ...keys, print, jobId, JSON.stringify(order), sinceMs)) as string;
  }

  /** Undefined: there is no such job. */
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

  /** A job with what has ended of it. */
  async record(jobId: string): Promise<JobRecord | undefined> {
    const job = await this.job(jobId);
    if (job === undefined) return undefined;
    const [isOver, outcome] = await Promise.all([this.isOver(jobId), this.outcome(job)]);
    return { jobId, order: job.order, isOver, outcome };
  }

  ids(): Promise<readonly string[]> {
    return this.redis.smembers(`${this.prefix}:jobs`);
  }

  /** False: it is over or there is none. */
  async cancel(jobId: string): Promise<boolean> {
    const job = await this.job(jobId);
    if (job === undefined || (await this.isOver(jobId))) return false;
    await this.redis.hset(this.jobKey(jobId), 'cancelled', '1');
    return true;
  }

  async isOver(jobId: string): Promise<boolean> {
    return (await this.redis.hexists(this.jobKey(jobId), 'over')) === 1;
  }

  /** Keeps the first outcome of a piece. */
  async settle(jobId: string, outcome: PieceOutcome): Promise<void> {
    await this.redis.hsetnx(this.outcomesKey(jobId), outcome.piece, JSON.stringify(outcome));
  }

  async outcomeOf(jobId: string, piece: string): Promise<PieceOutcome | undefined> {
    const text = await this.redis.hget(this.outcomesKey(jobId), piece);
    return text === null ? undefined : (JSON.parse(text) as PieceOutcome);
  }

  settled(jobId: string): Promise<number> {
    return this.redis.hlen(this.outcomesKey(jobId));
  }

  /** Tells all who listen that a job is over; the second time nobody. */
  async end(jobId: string): Promise<void> {
    const keys = [this.jobKey(jobId), `${this.prefix}:prints`, this.channel];
    await this.redis.eval(END, 3, ...keys, jobId);
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
    return `${this.prefix}:job:${jobId}`;
  }

  private outcomesKey(jobId: string): string {
    return `${this.prefix}:outcomes:${jobId}`;
  }
}
