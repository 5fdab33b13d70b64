import type { Cancel, Clock } from '../../ports';
import { Allowances, askedBy, heldOf, type Allowance, type Held, type ProviderUse } from '../allowances';
import { MemoryFence, type Acceptance } from '../fence';
import { builtBy, firstAttempt, notBuilt, openUntil } from '../flow';
import { LEASE_MS, MOST_ATTEMPTS } from '../limits';
import { choose, type Waiting } from '../placement';
import {
  mergeOf,
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
  type PieceOutcome,
} from '../queue';
import { RETENTION, SHOWN_OVER, type Retention } from '../retention';
import { nextAttempt, queueOf, queuesOf, type Seat, type Unit } from '../work';
import { WaitingLine } from './waiting-line';

export interface InProcessQueueOptions {
  readonly clock: Clock;
  /** Default: 30 s. */
  readonly leaseMs?: number;
  /** Default: 14 days and 1 000 jobs. */
  readonly retention?: Partial<Retention>;
}

interface Job {
  readonly id: string;
  /** A merge may come to it. */
  order: JobOrder;
  /** Place of the first piece that no board has been offered yet. */
  next: number;
  sinceMs: number;
  readonly outcomes: Map<string, PieceOutcome>;
  isCancelled: boolean;
  overAtMs?: number;
}

interface Running {
  readonly claim: Claim;
  readonly seat: Seat;
  readonly waiting: Waiting;
  expiry: Cancel;
}

/** A fleet in one process: what tests, simulations and a single bench with several boards need. Holds nothing across its end. */
export class InProcessQueue implements FleetQueue {
  private readonly clock: Clock;
  private readonly leaseMs: number;
  private readonly fence = new MemoryFence();
  private readonly allowances: Allowances;
  private readonly jobs = new Map<string, Job>();
  private readonly underWay = new Map<string, string>();
  private readonly lines = new Map<string, WaitingLine>();
  /** By id of the unit: attempts differ in it. */
  private readonly running = new Map<string, Running>();
  private readonly listeners: ((outcome: JobOutcome) => void)[] = [];
  private readonly cancelListeners = new Set<(jobId: string) => void>();
  private readonly delays = new Set<Cancel>();
  private readonly retention: Retention;
  private submitted = 0;
  private claiming: Promise<unknown> = Promise.resolve();

  constructor({ clock, leaseMs = LEASE_MS, retention }: InProcessQueueOptions) {
    this.retention = { ...RETENTION, ...retention };
    this.clock = clock;
    this.leaseMs = leaseMs;
    this.allowances = new Allowances(() => clock.nowMs());
  }

  submit(order: JobOrder): Promise<string> {
    const print = printOf(order);
    const known = this.underWay.get(print);
    if (known !== undefined) {
      this.join(known, order);
      return Promise.resolve(known);
    }
    this.submitted += 1;
    const id = `job-${this.submitted}`;
    const job: Job = {
      id,
      order,
      next: 0,
      sinceMs: this.clock.nowMs(),
      outcomes: new Map(),
      isCancelled: false,
    };
    this.jobs.set(id, job);
    this.underWay.set(print, id);
    const delayMs = Math.max(0, (order.notBeforeMs ?? 0) - this.clock.nowMs());
    if (delayMs === 0) this.begin(job);
    else {
      const cancel = this.clock.after(delayMs, () => {
        this.delays.delete(cancel);
        this.begin(job);
      });
      this.delays.add(cancel);
    }
    if (order.pieces.length === 0) this.endIfOver(job);
    return Promise.resolve(id);
  }

  /** A job that is ordered once more is merged where one of its orders says so. */
  private join(jobId: string, order: JobOrder): void {
    const job = this.jobs.get(jobId);
    if (job === undefined || job.isCancelled || mergeOf(order) === undefined) return;
    if (mergeOf(job.order) !== undefined) return;
    job.order = order;
    this.offer(job);
  }

  /** One after the other: between what a board may have and its having it, another might be given what is only one's. */
  claim(seat: Seat): Promise<Claim | undefined> {
    const claiming = this.claiming.then(() => this.claimNow(seat));
    this.claiming = claiming.catch(() => undefined);
    return claiming;
  }

  private async claimNow(seat: Seat): Promise<Claim | undefined> {
    for (;;) {
      const heads = queuesOf(seat.offer).flatMap((name) => this.lines.get(name)?.heads() ?? []);
      const chosen = choose(heads, seat, {
        nowMs: this.clock.nowMs(),
        allows: (unit) => this.allowances.allows(unit),
        isHeard: (group) => [...this.running.values()].some((one) => one.seat.isolation === group),
      });
      if (chosen === undefined) return undefined;
      const { unit } = chosen;
      this.lineOf(unit).take(chosen);
      this.allowances.take(unit);
      const token = await this.fence.issue(unit.piece);
      if (token === undefined) {
        // A board that was taken for lost has delivered since.
        this.allowances.end(unit, 0);
        continue;
      }
      const claim: Claim = {
        unit,
        board: seat.board,
        token,
        leaseMs: this.leaseMs,
        offeredAtMs: chosen.offeredAtMs,
      };
      this.running.set(unit.id, { claim, seat, waiting: chosen, expiry: this.expiryOf(claim) });
      return claim;
    }
  }

  heartbeat(claim: Claim): Promise<Hold> {
    const running = this.running.get(claim.unit.id);
    if (this.jobs.get(claim.unit.jobId)?.isCancelled === true) return Promise.resolve('cancelled');
    if (running === undefined) return Promise.resolve('lost');
    running.expiry();
    running.expiry = this.expiryOf(claim);
    return Promise.resolve('held');
  }

  async complete(claim: Claim, bundle: BundleRef, costCents?: number): Promise<Acceptance> {
    const { unit, token, board } = claim;
    const acceptance = await this.fence.accept(unit.piece, token);
    if (acceptance === 'accepted') {
      this.release(unit, costCents);
      // Whoever was given it again plays for nothing; it hears so at its heartbeat.
      const job = this.jobs.get(unit.jobId);
      if (job !== undefined) this.settle(job, { piece: unit.piece, board, attempts: unit.attempt, bundle });
    }
    return acceptance;
  }

  fail(claim: Claim, reason: string): Promise<void> {
    const running = this.release(claim.unit);
    if (running !== undefined) this.again(running, reason);
    return Promise.resolve();
  }

  cancel(jobId: string): Promise<void> {
    const job = this.jobs.get(jobId);
    if (job === undefined || isOver(job)) return Promise.resolve();
    job.isCancelled = true;
    for (const line of this.lines.values()) line.drop(jobId);
    for (const { claim } of [...this.running.values()])
      if (claim.unit.jobId === jobId) this.release(claim.unit);
    for (const [index] of job.order.pieces.entries()) {
      const piece = pieceOf(job.id, index);
      if (!job.outcomes.has(piece)) job.outcomes.set(piece, { piece, attempts: 0, missing: 'cancelled' });
    }
    this.endIfOver(job);
    for (const listener of [...this.cancelListeners]) listener(jobId);
    return Promise.resolve();
  }

  status(): Promise<readonly JobStatus[]> {
    const jobs = [...this.jobs.values()];
    const shown = [...jobs.filter((job) => !isOver(job)), ...this.over().slice(-SHOWN_OVER)];
    return Promise.resolve(
      shown.map((job) => {
        const running = [...this.running.values()].filter(({ claim }) => claim.unit.jobId === job.id).length;
        const done = job.outcomes.size;
        const waiting = job.order.pieces.length - done - running;
        return {
          jobId: job.id,
          priority: job.order.priority,
          running,
          done,
          waiting,
          isOver: isOver(job),
          ...(waiting > 0 ? this.heldOf(job) : {}),
        };
      }),
    );
  }

  job(jobId: string): Promise<JobRecord | undefined> {
    const job = this.jobs.get(jobId);
    if (job === undefined) return Promise.resolve(undefined);
    const held = isOver(job) ? {} : this.heldOf(job);
    return Promise.resolve({
      jobId,
      order: job.order,
      isOver: isOver(job),
      outcome: outcomeOf(job),
      ...held,
    });
  }

  onJobOver(listener: (outcome: JobOutcome) => void): void {
    this.listeners.push(listener);
  }

  onCancel(listener: (jobId: string) => void): Cancel {
    this.cancelListeners.add(listener);
    return () => void this.cancelListeners.delete(listener);
  }

  limit(provider: string, allowance: Allowance | undefined): Promise<void> {
    this.allowances.limit(provider, allowance);
    return Promise.resolve();
  }

  providers(): Promise<readonly ProviderUse[]> {
    return Promise.resolve(this.allowances.uses());
  }

  close(): Promise<void> {
    for (const cancel of this.delays) cancel();
    for (const { expiry } of this.running.values()) expiry();
    return Promise.resolve();
  }

  private heldOf({ order }: Job): { readonly held?: Held } {
    const held = heldOf(askedBy(order.pieces), this.allowances.uses(), this.clock.nowMs());
    return held === undefined ? {} : { held };
  }

  /** Jobs that are over, the newest last. */
  private over(): Job[] {
    return [...this.jobs.values()].filter(isOver).sort((a, b) => (a.overAtMs ?? 0) - (b.overAtMs ?? 0));
  }

  /** Jobs that are over for too long, or too many. */
  private forget(): void {
    const { forMs, jobs } = this.retention;
    const over = this.over();
    for (const [index, { id, overAtMs = 0, order }] of over.entries()) {
      if (index >= over.length - jobs && this.clock.nowMs() - overAtMs < forMs) continue;
      this.jobs.delete(id);
      this.fence.forget(order.pieces.map((_, at) => pieceOf(id, at)));
    }
  }

  private begin(job: Job): void {
    job.sinceMs = this.clock.nowMs();
    this.offer(job);
  }

  /** Puts as many of the job's pieces in line as may be played, as old as the job is: whoever began with it goes on with it. */
  private offer(job: Job): void {
    const { order, id: jobId, sinceMs } = job;
    const first = job.outcomes.get(pieceOf(jobId, 0));
    for (; !job.isCancelled && job.next < openUntil(order, job.outcomes.size); job.next++) {
      const unit = firstAttempt(jobId, order, job.next, builtBy(order, first));
      if (unit === undefined || job.outcomes.has(unit.piece)) continue;
      this.lineOf(unit).add({ unit, sinceMs, offeredAtMs: this.clock.nowMs() });
    }
  }

  private lineOf({ needs }: Unit): WaitingLine {
    const name = queueOf(needs);
    const line = this.lines.get(name) ?? new WaitingLine();
    this.lines.set(name, line);
    return line;
  }

  private expiryOf({ unit, board }: Claim): Cancel {
    return this.clock.after(this.leaseMs, () => {
      const running = this.release(unit);
      if (running !== undefined) this.again(running, `${board} was not heard of for ${this.leaseMs} ms`);
    });
  }

  /** Takes a unit from its board. Undefined: it has none any more. */
  private release(unit: Unit, costCents?: number): Running | undefined {
    const running = this.running.get(unit.id);
    if (running === undefined) return undefined;
    running.expiry();
    this.running.delete(unit.id);
    this.allowances.end(unit, costCents);
    return running;
  }

  private again({ claim, waiting }: Running, reason: string): void {
    const { unit, board } = claim;
    const job = this.jobs.get(unit.jobId);
    if (job === undefined || job.outcomes.has(unit.piece)) return;
    if (unit.attempt >= MOST_ATTEMPTS)
      this.settle(job, { piece: unit.piece, attempts: unit.attempt, missing: reason });
    else
      this.lineOf(unit).add({
        unit: nextAttempt(unit, board),
        sinceMs: waiting.sinceMs,
        offeredAtMs: this.clock.nowMs(),
      });
  }

  private settle(job: Job, outcome: PieceOutcome): void {
    if (job.outcomes.has(outcome.piece)) return;
    job.outcomes.set(outcome.piece, outcome);
    if (outcome.piece === pieceOf(job.id, 0))
      for (const one of notBuilt(job.id, job.order, outcome)) job.outcomes.set(one.piece, one);
    this.offer(job);
    this.endIfOver(job);
  }

  private endIfOver(job: Job): void {
    if (!isOver(job)) return;
    this.underWay.delete(printOf(job.order));
    job.overAtMs = this.clock.nowMs();
    this.forget();
    for (const listener of this.listeners) listener(outcomeOf(job));
  }
}

const isOver = ({ order, outcomes }: Job): boolean => outcomes.size >= order.pieces.length;

const outcomeOf = ({ id, order, outcomes, isCancelled }: Job): JobOutcome => ({
  jobId: id,
  isCancelled,
  pieces: order.pieces.flatMap((_, index) => outcomes.get(pieceOf(id, index)) ?? []),
});
