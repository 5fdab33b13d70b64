import type { ProviderFault, TurnScript } from '../../ports';

/** What goes wrong in a mock: all the time, or in the turn that the bench has announced. */
export class FaultDesk {
  private readonly standing: ReadonlySet<ProviderFault>;
  private ofTurn: ProviderFault | undefined;

  constructor(standing: readonly ProviderFault[] = []) {
    this.standing = new Set(standing);
  }

  /** The next turn goes wrong as its script says, and the one after it as its own. */
  expectTurn({ fault }: Pick<TurnScript, 'fault'>): void {
    this.ofTurn = fault;
  }

  /** @param scenarioFault - Of the scenario's entry that is being answered, once it is known. */
  has(fault: ProviderFault, scenarioFault?: ProviderFault): boolean {
    return this.standing.has(fault) || this.ofTurn === fault || scenarioFault === fault;
  }
}
