import type { Clock } from '../../ports';
import { FailedAttempt } from './failure';

/** How much may be asked of providers that cost money. Undefined: as much as one likes. */
export interface SpendLimits {
  /** Questions, those that are asked again included. */
  readonly maxTurns?: number | undefined;
  /** Seconds during which questions were open, summed over all of them. */
  readonly maxSeconds?: number | undefined;
}

/** Counts what was asked, by one client or several, and refuses the next question once it is enough. */
export class SpendCap {
  private turns = 0;
  private spentMs = 0;
  private readonly open = new Set<{ readonly sinceMs: number }>();

  constructor(
    private readonly limits: SpendLimits,
    private readonly clock: Clock,
  ) {}

  /** What was reached; undefined while there is room for one more. */
  get reached(): string | undefined {
    const { maxTurns = Infinity, maxSeconds = Infinity } = this.limits;
    if (this.turns >= maxTurns) return `${maxTurns} turns`;
    const openMs = [...this.open].reduce((sum, { sinceMs }) => sum + this.clock.nowMs() - sinceMs, 0);
    return this.spentMs + openMs >= maxSeconds * 1000 ? `${maxSeconds} s` : undefined;
  }

  /**
   * Counts one question.
   * @returns What ends it.
   * @throws FailedAttempt `HIL_PROVIDER_SPEND_CAP`.
   */
  begin(): () => void {
    const { reached } = this;
    if (reached !== undefined) {
      const what = `not asked: the spend cap of ${reached} is reached`;
      throw new FailedAttempt({ code: 'HIL_PROVIDER_SPEND_CAP', what, retryable: false });
    }
    const question = { sinceMs: this.clock.nowMs() };
    this.turns += 1;
    this.open.add(question);
    return () => {
      if (this.open.delete(question)) this.spentMs += this.clock.nowMs() - question.sinceMs;
    };
  }
}
