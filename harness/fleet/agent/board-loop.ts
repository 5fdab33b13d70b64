import type { Cancel, Clock } from '../../ports';
import type { BundleStore } from '../bundles';
import { MOST_ATTEMPTS } from '../limits';
import type { Claim, FleetQueue } from '../queue';
import type { BoardActivity, OrderKind } from '../roll';
import type { Seat, Unit } from '../work';
import type { BoardHands, Played } from './board-hands';
import { UnitHold } from './hold';

/** What a board does just now. */
export interface BoardStanding {
  readonly state: Exclude<BoardActivity, 'lost'>;
  /** On the clock of the loop. */
  readonly sinceMs: number;
  readonly jobId?: string;
  readonly piece?: string;
  readonly reason?: string;
}

export interface BoardLoopOptions {
  readonly queue: Pick<FleetQueue, 'claim' | 'heartbeat' | 'complete' | 'fail' | 'onCancel'>;
  readonly bundles: Pick<BundleStore, 'put'>;
  readonly hands: BoardHands;
  readonly seat: Omit<Seat, 'firmwareSha256'>;
  readonly clock: Clock;
  /** Hears each change of the standing. */
  readonly onStanding: () => void;
  /** Takes what a person at the bench may want to know. */
  readonly say: (text: string) => void;
  /** Takes a run folder whose bundle has been taken. */
  readonly onDelivered: (runPath: string) => void;
}

/** A board without work looks for some so often. */
export const IDLE_MS = 1_000;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One board that takes a unit after the other. Nothing that befalls it ends it. */
export class BoardLoop {
  standing: BoardStanding;
  private firmwareSha256: string | undefined;
  private isDrained = false;
  private readonly leaving = new AbortController();
  private readonly stopping = new AbortController();
  private readonly sleepers = new Set<() => void>();

  constructor(private readonly options: BoardLoopOptions) {
    this.standing = { state: 'idle', sinceMs: options.clock.nowMs() };
  }

  private get isLeaving(): boolean {
    return this.leaving.signal.aborted;
  }

  get board(): string {
    return this.options.seat.board;
  }

  /** Resolves when the board has left. Never rejects. */
  async run(): Promise<void> {
    while (!this.isLeaving) {
      try {
        if (await this.step()) continue;
      } catch (error) {
        this.say(`the queue cannot be asked: ${reasonOf(error)}`);
      }
      await this.rest();
    }
    this.show('draining', { reason: 'has left' });
  }

  /** @param reason - Of a quarantine. Default: a person wants it so. */
  async order(kind: OrderKind, reason = 'was taken out by a person'): Promise<void> {
    if (kind === 'drain') this.isDrained = true;
    if (kind === 'resume') this.isDrained = false;
    if (kind === 'quarantine') await this.options.hands.quarantine(reason);
    if (kind === 'release') await this.options.hands.release();
    const { jobId, piece } = this.standing;
    // Of one that plays, the end of the unit shows it.
    if (jobId !== undefined && piece !== undefined) this.show('playing', { jobId, piece });
    this.wake();
  }

  /** Plays what it has to the end and takes no more. */
  leave(): void {
    this.leaving.abort();
    this.wake();
  }

  /** Gives up what it has, at once. */
  stop(): void {
    this.stopping.abort();
    this.leave();
  }

  /** False: there was nothing to do. */
  private async step(): Promise<boolean> {
    if (this.isDrained) {
      this.show('draining');
      return false;
    }
    const readiness = await this.options.hands.look();
    if (readiness.state !== 'ready') {
      this.show(readiness.state === 'busy' ? 'idle' : 'quarantined', { reason: readiness.reason });
      return false;
    }
    const claim = await this.claimed();
    if (claim === undefined) {
      this.show('idle');
      return false;
    }
    await this.play(claim);
    return true;
  }

  /** Undefined: there is nothing, or the board is to leave; what comes after that goes back. */
  private async claimed(): Promise<Claim | undefined> {
    const { queue, seat } = this.options;
    const known = this.firmwareSha256 === undefined ? {} : { firmwareSha256: this.firmwareSha256 };
    const claiming = queue.claim({ ...seat, ...known });
    // A queue that cannot be reached would keep a board that is to leave.
    const claim = await this.orLeave(claiming);
    if (!this.isLeaving) return claim;
    void claiming
      .then((late) => late && queue.fail(late, `${seat.board} has left the fleet`))
      .catch(() => undefined);
    return undefined;
  }

  /** Undefined: the board is to leave. */
  private orLeave<T>(work: Promise<T>): Promise<T | undefined> {
    const { signal } = this.leaving;
    return new Promise((resolve, reject) => {
      const left = (): void => resolve(undefined);
      if (signal.aborted) left();
      signal.addEventListener('abort', left, { once: true });
      void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', left));
    });
  }

  private async play(claim: Claim): Promise<void> {
    const { queue, hands, clock, say } = this.options;
    const { unit } = claim;
    const hold = new UnitHold(queue, claim, clock, (error) =>
      say(`${unit.id}: heartbeat failed: ${reasonOf(error)}`),
    );
    this.show('playing', { jobId: unit.jobId, piece: unit.piece });
    this.say(`plays ${unit.id}: ${unit.suites.join(', ')}`);
    try {
      const played = await hands.play(claim, AbortSignal.any([hold.signal, this.stopping.signal]));
      if (hold.lostBy !== undefined) this.say(`gave ${unit.id} up: ${lossInWords[hold.lostBy]}`);
      else if (this.stopping.signal.aborted) await queue.fail(claim, `${claim.board} was stopped`);
      else await this.handIn(claim, played);
    } catch (error) {
      this.say(`${unit.id}: ${reasonOf(error)}`);
      if (hold.lostBy === undefined) await queue.fail(claim, `${claim.board}: ${reasonOf(error)}`);
    } finally {
      hold.letGo();
    }
  }

  private async handIn(claim: Claim, played: Played): Promise<void> {
    const { queue, bundles, hands, onDelivered } = this.options;
    const { unit, token } = claim;
    if (played.end === 'judged') this.firmwareSha256 = unit.firmwareSha256;
    else this.firmwareSha256 = undefined;
    const isLastTry = unit.attempt >= MOST_ATTEMPTS;
    // What no board can do is told by what the last one found.
    if (played.end === 'spoilt' && !(isLastTry && played.runPath !== undefined)) {
      this.say(`${unit.id} is nobody's verdict: ${played.reason}`);
      await queue.fail(claim, `${claim.board}: ${played.reason}`);
      return;
    }
    const { runPath = '' } = played;
    const bundle = await bundles.put(`${unit.piece}-${token}`, runPath);
    const acceptance = await queue.complete(claim, bundle, costOf(unit, played));
    this.say(acceptance === 'stale' ? `${unit.id} came too late` : `delivered ${unit.id}`);
    if (acceptance === 'stale') return;
    // Also of a repeated delivery: the answer to the first may have been lost on its way.
    await hands.accepted?.(claim, bundle);
    onDelivered(runPath);
  }

  private show(state: BoardStanding['state'], more: Omit<BoardStanding, 'state' | 'sinceMs'> = {}): void {
    const now = this.isDrained && state === 'playing' ? 'draining' : state;
    const { sinceMs, ...before } = this.standing;
    if (JSON.stringify(before) === JSON.stringify({ state: now, ...more })) return;
    const isSame = before.state === now && before.piece === more.piece;
    this.standing = { state: now, ...more, sinceMs: isSame ? sinceMs : this.options.clock.nowMs() };
    if (more.reason !== undefined) this.say(`${now}: ${more.reason}`);
    this.options.onStanding();
  }

  private say(text: string): void {
    this.options.say(`${this.board} ${text}`);
  }

  private async rest(): Promise<void> {
    if (this.isLeaving) return;
    let cancel: Cancel = () => undefined;
    await new Promise<void>((resolve) => {
      this.sleepers.add(resolve);
      cancel = this.options.clock.after(IDLE_MS, () => {
        this.sleepers.delete(resolve);
        resolve();
      });
    });
    cancel();
  }

  private wake(): void {
    for (const wakeUp of this.sleepers) wakeUp();
    this.sleepers.clear();
  }
}

/** What a unit did cost, as far as that is known. */
function costOf({ centsPerTurn }: Unit, played: Played): number | undefined {
  const turns = played.end === 'judged' ? played.turns : undefined;
  return centsPerTurn === undefined || turns === undefined ? undefined : turns * centsPerTurn;
}

const lossInWords = {
  lost: 'somebody else has it',
  cancelled: 'its job was cancelled',
  unheard: 'the queue was not heard of for the time of its lease',
} as const;
