import { EchoCheck } from '../../board';
import { isHilError } from '../../errors';
import type { Clock, Console } from '../../ports';

/** A line that was typed, and why it did not reach the board; undefined: the board echoed it. */
export interface TypedLine {
  readonly text: string;
  readonly refused?: string;
}

/** Sends typed lines one after the other, each with its echo checked, and tells what became of each. */
export class TypedLines {
  private readonly check: EchoCheck;

  constructor(
    name: string,
    console: Pick<Console, 'send' | 'expect' | 'cursor' | 'lines'>,
    private readonly clock: Clock,
    private readonly tell: (typed: TypedLine & { readonly hostAtMs: number }) => void,
  ) {
    this.check = new EchoCheck(name, console);
  }

  /** Resolves when the line was told of; a port that is lost is told by whoever owns it. */
  async send(text: string): Promise<void> {
    const refused = await this.trySend(text);
    this.tell({ text, hostAtMs: this.clock.nowMs(), ...(refused === undefined ? {} : { refused }) });
  }

  private async trySend(text: string): Promise<string | undefined> {
    try {
      const echo = await this.check.send(text);
      return echo === 'echoed' ? undefined : 'not echoed: the board was busy, and may have lost it';
    } catch (cause) {
      if (!isHilError(cause)) throw cause;
      return `not taken: ${cause.message} ${cause.remedy}`;
    }
  }
}
