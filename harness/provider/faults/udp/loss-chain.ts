import type { DirectionShape } from '../../../ports';

type Loss = NonNullable<DirectionShape['loss']>;

/**
 * Which datagrams are lost: a chain of two states, good and bad, of which the bad one loses all (E. N. Gilbert, "Capacity of a
 * burst-noise channel", Bell System Technical Journal 39, 1960). Runs are geometric with the stated mean and the share of bad
 * is the stated rate. Without a stated run each datagram is lost independently, which is the chain of mean run 1 ÷ (1 − rate).
 */
export class LossChain {
  private isBad: boolean | undefined;

  constructor(private readonly random: () => number) {}

  /** True when the next datagram is lost. Draws one number, whatever the loss is, so that seeds stay comparable. */
  next(loss: Loss | undefined): boolean {
    const drawn = this.random();
    this.isBad = loss === undefined ? undefined : drawn < this.chanceOfBad(loss);
    return this.isBad ?? false;
  }

  private chanceOfBad({ rate, burst }: Loss): number {
    if (rate >= 1) return 1;
    const recovers = burst === undefined ? 1 - rate : 1 / burst;
    // The first datagram finds the chain as it is on average.
    if (this.isBad === undefined) return rate;
    return this.isBad ? 1 - recovers : (rate * recovers) / (1 - rate);
  }
}
