import type { Cancel, Clock } from '../../../ports';

type Settle = (value: Buffer | undefined) => void;

/** The answers of a server to requests that are under way, by their command, in the order of asking. */
export class Answers {
  private readonly waiting = new Map<number, readonly Settle[]>();

  constructor(private readonly clock: Clock) {}

  /** The value of the next answer to a command; undefined when none comes in time, or the connection ends before. */
  next(command: number, withinMs: number): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      let cancelTimeout: Cancel = () => undefined;
      const settle = (value: Buffer | undefined): void => {
        cancelTimeout();
        this.waiting.set(
          command,
          this.of(command).filter((other) => other !== settle),
        );
        resolve(value);
      };
      this.waiting.set(command, [...this.of(command), settle]);
      cancelTimeout = this.clock.after(withinMs, () => settle(undefined));
    });
  }

  take(command: number, value: Buffer): void {
    this.of(command)[0]?.(value);
  }

  /** No more will come. */
  end(): void {
    for (const settle of [...this.waiting.values()].flat()) settle(undefined);
  }

  private of(command: number): readonly Settle[] {
    return this.waiting.get(command) ?? [];
  }
}
