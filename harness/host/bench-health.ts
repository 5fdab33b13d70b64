import { fromWireError, HilError, isHilError } from '../errors';
import type { AudioRig, Board, VoiceProvider } from '../ports';

/** Parts that may break at any time. */
interface Parts {
  readonly board: Pick<Board, 'onLost' | 'onEvent'>;
  readonly rig: Pick<AudioRig, 'onLost'> | undefined;
  readonly provider: Pick<VoiceProvider, 'onLost'>;
}

/**
 * Knows whether the bench is whole, and reports what breaks while nobody attends to it: a board that crashes after its reply
 * or between two turns has crashed all the same.
 */
export class BenchHealth {
  private firstCause: HilError | undefined;
  private attending = 0;

  /** @param report - Gets what broke while nobody attended. */
  constructor(
    { board, rig, provider }: Parts,
    private readonly report: (cause: HilError) => void,
  ) {
    const lose = (error: Error): void => this.lose(error);
    rig?.onLost(lose);
    provider.onLost(lose);
    board.onLost(lose);
    board.onEvent((event) => {
      if (event.type === 'fault') this.tell(fromWireError(event.error));
      // No work is to blame for it, so nobody else reports it.
      if (event.type === 'reader-failed') this.report(fromWireError(event.error));
    });
  }

  /** What breaks while this work goes on is the work's to report. */
  async attend<T>(work: () => Promise<T>): Promise<T> {
    this.attending += 1;
    try {
      return await work();
    } finally {
      this.attending -= 1;
    }
  }

  /** From now on the bench is broken, by this or by what broke it before. */
  lose(error: Error): void {
    if (this.firstCause !== undefined) return;
    this.firstCause = isHilError(error)
      ? error
      : new HilError('HIL_HARNESS_UNEXPECTED', error.message, {}, { cause: error });
    this.tell(this.firstCause);
  }

  get isWhole(): boolean {
    return this.firstCause === undefined;
  }

  /** @throws HilError the one cause that every later call of a broken bench repeats. */
  assertWhole(): void {
    if (this.firstCause !== undefined) throw this.firstCause;
  }

  private tell(cause: HilError): void {
    if (this.attending === 0) this.report(cause);
  }
}
