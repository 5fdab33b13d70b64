import { rateOfPpm } from '../../units';
import type { Cancel, Clock } from '../../ports';

/**
 * Who is later than this does not hurry after it: a take in which a rig lags more is not judged (`HIL_RIG_LAGGED`), and on a machine
 * that is busy for long the takes behind it would all lag as well.
 */
const MOST_HURRIED_MS = 500;

/** The sample clock of a virtual rig against wall time: block k is due at t0 + k · blockMs of a crystal that is off. */
export class BlockPacer {
  /** Wall time of one block. */
  readonly blockMs: number;
  private startedAtMs: number;
  private cancelWait: Cancel | undefined;
  private giveUp: (() => void) | undefined;

  /** Block 0 is due at once. */
  constructor(
    private readonly clock: Clock,
    blockSamples: number,
    rateHz: number,
    driftPpm: number,
  ) {
    this.blockMs = (1000 * blockSamples) / (rateHz * rateOfPpm(driftPpm));
    this.startedAtMs = clock.nowMs();
  }

  /**
   * Ends a block at this time.
   * @returns How much later than one block after it was due that is; 0 when in time. The block behind one that is too late to hurry is due
   * at once, and the others after it: the clock stood still for as long, as a sound card drops what nobody fetches.
   */
  done(blockIndex: number, doneAtMs: number): number {
    const lagMs = Math.max(0, doneAtMs - this.startedAtMs - (blockIndex + 1) * this.blockMs);
    if (lagMs > MOST_HURRIED_MS) this.startedAtMs += lagMs;
    return lagMs;
  }

  /** Waits until a block is due, never shorter, not at all when it is late. False when `stop` came instead. */
  async untilDue(blockIndex: number): Promise<boolean> {
    for (;;) {
      const waitMs = this.startedAtMs + blockIndex * this.blockMs - this.clock.nowMs();
      if (waitMs <= 0) return true;
      const due = await new Promise<boolean>((resolve) => {
        this.giveUp = () => resolve(false);
        this.cancelWait = this.clock.after(waitMs, () => resolve(true));
      });
      if (!due) return false;
    }
  }

  /** Ends the wait that is under way. */
  stop(): void {
    this.cancelWait?.();
    this.giveUp?.();
  }
}
