import { BoardError } from '../errors';
import { restartWhileResting } from '../measurement';
import { delay, type Board, type Clock, type SoakPlan } from '../ports';
import type { RestResult } from './rpc/protocol';

/** Heap is sampled so often in a long rest: what leaks while nobody speaks shows then. */
const SAMPLE_EVERY_MS = 60_000;
/** A bench that breaks in a rest is noticed so soon. */
const LOOK_EVERY_MS = 1_000;

/** The time of a soak, and what passes between its turns. */
export class SoakClock {
  private readonly startedAtMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly board: Pick<Board, 'name' | 'events' | 'sampleMemory'>,
    /** Absent: an ordinary run, in which rests are as long as they are. */
    private readonly plan: SoakPlan | undefined,
    /** Throws when the bench has broken. */
    private readonly assertWhole: () => void,
  ) {
    this.startedAtMs = clock.nowMs();
  }

  /**
   * Samples the board's memory, then leaves it alone for so long, or until the soak is over; again each minute of a longer rest.
   * @throws HilError `HIL_BOARD_RESTARTED` or `HIL_BOARD_POWER_FAULT` when the board boots meanwhile; of a part of the bench that breaks.
   */
  async rest(forMs: number): Promise<RestResult> {
    const firstEvent = this.board.events.length;
    const untilMs = this.clock.nowMs() + Math.min(forMs, this.leftMs ?? Infinity);
    for (;;) {
      await this.board.sampleMemory?.();
      const sampleAtMs = this.clock.nowMs() + SAMPLE_EVERY_MS;
      for (;;) {
        this.assertWhole();
        this.assertNoBoot(firstEvent);
        const nowMs = this.clock.nowMs();
        const waitMs = Math.min(untilMs, sampleAtMs) - nowMs;
        if (waitMs <= 0) break;
        await delay(this.clock, Math.min(waitMs, LOOK_EVERY_MS));
      }
      if (this.clock.nowMs() >= untilMs) break;
    }
    const { leftMs } = this;
    return { elapsedMs: this.elapsedMs, ...(leftMs === undefined ? {} : { leftMs }) };
  }

  private assertNoBoot(firstEvent: number): void {
    const boardEvents = this.board.events.slice(firstEvent);
    // A restart behind a crash is the crash's, which has told of itself.
    if (boardEvents.some(({ type }) => type === 'fault')) return;
    const restart = restartWhileResting({ boardEvents, boardName: this.board.name });
    if (restart !== undefined) throw new BoardError(restart.code, restart.message, restart.facts);
  }

  /** Earlier parts of the soak included. */
  private get elapsedMs(): number {
    return (this.plan?.playedMs ?? 0) + this.clock.nowMs() - this.startedAtMs;
  }

  private get leftMs(): number | undefined {
    return this.plan && Math.max(0, this.plan.forMs - this.elapsedMs);
  }
}
