import type { Cancel, Clock } from '../../ports';
import type { Claim, FleetQueue, Hold as HoldState } from '../queue';

/** Why somebody no longer holds a unit; `unheard`: the queue could not be asked for the time of a lease, so others may have it. */
export type LossKind = Exclude<HoldState, 'held'> | 'unheard';

/** So often a heart beats within a lease: two that get lost are borne. */
const BEATS_OF_LEASE = 3;

/** The right to play a unit, kept alive by heartbeats until it is let go, and asked after at once where its job is cancelled. */
export class UnitHold {
  /** Why it is lost; undefined: it is held. */
  lostBy: LossKind | undefined;
  private readonly ending = new AbortController();
  private cancelBeat: Cancel = () => undefined;
  private cancelExpiry: Cancel = () => undefined;
  private readonly unhear: Cancel;
  private isLetGo = false;

  /** @param trouble - Hears what an asking failed by; it is asked again. */
  constructor(
    private readonly queue: Pick<FleetQueue, 'heartbeat' | 'onCancel'>,
    private readonly claim: Claim,
    private readonly clock: Clock,
    private readonly trouble: (error: unknown) => void,
  ) {
    this.renew(clock.nowMs());
    this.beatLater();
    // A word may get lost, or be of another fleet's doing: what counts is what the queue says then.
    this.unhear = queue.onCancel((jobId) => {
      if (jobId === claim.unit.jobId) this.beatNow();
    });
  }

  /** Aborted when the hold is lost. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** No more heartbeats. */
  letGo(): void {
    this.isLetGo = true;
    this.cancelBeat();
    this.cancelExpiry();
    this.unhear();
  }

  /** It counts from when the queue was asked: the answer may have been long on its way. */
  private renew(askedAtMs: number): void {
    this.cancelExpiry();
    const leftMs = Math.max(0, askedAtMs + this.claim.leaseMs - this.clock.nowMs());
    this.cancelExpiry = this.clock.after(leftMs, () => this.lose('unheard'));
  }

  private beatLater(): void {
    this.cancelBeat();
    this.cancelBeat = this.clock.after(this.claim.leaseMs / BEATS_OF_LEASE, () => void this.beat());
  }

  private beatNow(): void {
    this.cancelBeat();
    void this.beat();
  }

  private async beat(): Promise<void> {
    const askedAtMs = this.clock.nowMs();
    try {
      const hold = await this.queue.heartbeat(this.claim);
      if (this.isLetGo) return;
      if (hold === 'held') this.renew(askedAtMs);
      else {
        this.lose(hold);
        return;
      }
    } catch (error) {
      this.trouble(error);
    }
    if (!this.isLetGo) this.beatLater();
  }

  private lose(by: LossKind): void {
    if (this.isLetGo) return;
    this.letGo();
    this.lostBy = by;
    this.ending.abort();
  }
}
