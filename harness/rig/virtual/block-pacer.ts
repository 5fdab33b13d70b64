import { rateOfPpm } from '../../units';
import type { Cancel, Clock } from '../../ports';

/** The sample clock of a virtual rig against wall time: block k is due at t0 + k · blockMs of a crystal that is off. */
export class BlockPacer {
  /** Wall time of one block. */
  readonly blockMs: number;
  private readonly startedAtMs: number;
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

  /** How much later than one block after it was due a block is done at this time; 0 when in time. */
  lagMs(blockIndex: number, doneAtMs: number): number {
    return Math.max(0, doneAtMs - this.startedAtMs - (blockIndex + 1) * this.blockMs);
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
