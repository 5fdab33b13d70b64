import type { Cancel, Clock } from '../../ports';
import { FailedAttempt } from './failure';
import type { LiveLimits } from './live-client';

/** `speaking` has no limit of its own. */
export type Stage = 'connect' | 'first-byte' | 'idle' | 'speaking';

const words: Readonly<Record<Exclude<Stage, 'speaking'> | 'total', string>> = {
  connect: 'no connection',
  'first-byte': 'no first byte of an answer',
  idle: 'no further piece of the answer',
  total: 'no complete answer',
};

/** The time limits of one attempt: of the stage that it is in, and of the whole. */
export class Deadlines {
  private readonly total: Cancel;
  private stage: Cancel = () => undefined;
  private stopped = false;

  /** @param late - Called once, with the limit that was missed. */
  constructor(
    private readonly clock: Clock,
    private readonly limits: LiveLimits,
    private readonly late: (failure: FailedAttempt) => void,
  ) {
    this.total = this.arm('total', limits.totalMs);
  }

  /** Starts the limit of a stage, in place of the one before; entering `idle` again gives the next piece its full time. */
  enter(stage: Stage): void {
    const { connectMs, firstByteMs, idleMs } = this.limits;
    this.stage();
    // Whoever is told of a step may end the exchange in it; the next stage must not begin then.
    if (this.stopped || stage === 'speaking') return;
    this.stage = this.arm(stage, { connect: connectMs, 'first-byte': firstByteMs, idle: idleMs }[stage]);
  }

  stop(): void {
    this.stopped = true;
    this.total();
    this.stage();
  }

  private arm(name: keyof typeof words, withinMs: number): Cancel {
    return this.clock.after(withinMs, () => {
      this.stop();
      this.late(
        new FailedAttempt({
          code: 'HIL_PROVIDER_TIMEOUT',
          what: `${words[name]} within ${withinMs} ms`,
          // Waiting again for a slow answer would only double the bill.
          retryable: name === 'connect',
        }),
      );
    });
  }
}
