import type { Unit } from './work';

/** What the benches together may ask of a provider. */
export interface Allowance {
  /** Units at once. Absent: any number. */
  readonly atOnce?: number;
  /** Sum of what units were thought to cost, and of what they did cost once that is known. Absent: no cap. */
  readonly spendCents?: number;
}

interface Use {
  running: number;
  spentCents: number;
}

/** Which units providers still allow: by how many run and by what was spent, over all benches. */
export class Allowances {
  private readonly uses = new Map<string, Use>();

  /** @param ofProviders - By provider, as units name it. One that is not named allows all. */
  constructor(private readonly ofProviders: Readonly<Record<string, Allowance>>) {}

  allows({ needs, costCents }: Unit): boolean {
    const { atOnce = Infinity, spendCents = Infinity } = this.ofProviders[needs.provider] ?? {};
    const { running, spentCents } = this.useOf(needs.provider);
    return running < atOnce && spentCents + costCents <= spendCents;
  }

  take({ needs, costCents }: Unit): void {
    const use = this.useOf(needs.provider);
    use.running += 1;
    use.spentCents += costCents;
  }

  /** @param costCents - What it did cost. What is not known is taken for what it was thought to cost: money is not spent twice. */
  end(unit: Unit, costCents = unit.costCents): void {
    const use = this.useOf(unit.needs.provider);
    use.running -= 1;
    use.spentCents += costCents - unit.costCents;
  }

  private useOf(provider: string): Use {
    const known = this.uses.get(provider);
    if (known !== undefined) return known;
    const use = { running: 0, spentCents: 0 };
    this.uses.set(provider, use);
    return use;
  }
}
