import type { Readiness } from '../../fleet';
import type { Clock } from '../../ports';
import type { Trouble } from './examined';

/** What is wrong with a bench is wrong still after so long; a machine that was busy for a while is not. */
export const SUSPECTED_MS = 30_000;

/**
 * Whether a board can be given work, by looks at it and at all around it. One that fails is looked at again at once, and half a minute
 * later once more: a machine that was busy is no reason to send somebody there.
 */
export class Preflight {
  private suspect: { readonly trouble: Trouble; readonly againAtMs: number } | undefined;

  /** @param examine - Undefined: there is nothing against it. */
  constructor(
    private readonly examine: () => Promise<Trouble | undefined>,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** `quarantined`: it is to be put there. */
  async look(): Promise<Readiness> {
    const { suspect, clock } = this;
    if (suspect !== undefined && clock.nowMs() < suspect.againAtMs)
      return { state: 'busy', reason: suspect.trouble.reason };
    const found = (await this.examine()) && (await this.examine());
    if (found === undefined) {
      this.forget();
      return { state: 'ready' };
    }
    const { check, reason, isOfBench } = found;
    if (!isOfBench) return { state: 'busy', reason };
    if (suspect?.trouble.check === check) return { state: 'quarantined', reason };
    this.suspect = { trouble: found, againAtMs: clock.nowMs() + SUSPECTED_MS };
    return { state: 'busy', reason };
  }

  /** A person has seen to it. */
  forget(): void {
    this.suspect = undefined;
  }
}
