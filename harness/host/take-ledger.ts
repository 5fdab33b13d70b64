import { RigError } from '../errors';
import type { TakeFault } from '../measurement';

/** How much of the rig a run bears. */
export interface TakeLimits {
  /** How often one turn is repeated whose take the rig spoilt. */
  readonly retakes: number;
  /** Share of the run's takes that may be spoilt, 0 to 1. */
  readonly badTakes: number;
}

/** Fewer spoilt takes than this end no run: they may be one hiccup of the machine. */
const FEWEST_BAD_TAKES = 8;

/** Counts the takes of a run: the rig is blamed by its own evidence, and once it is hopeless nobody plays on. */
export class TakeLedger {
  private takes = 0;
  private bad = 0;
  private latestIsGood = true;
  private readonly faults = new Map<TakeFault, number>();

  constructor(readonly limits: TakeLimits) {}

  /** Adds a take, with what on the rig's side spoilt it. */
  add(spoiltBy: readonly TakeFault[]): void {
    this.takes += 1;
    this.latestIsGood = spoiltBy.length === 0;
    if (spoiltBy.length === 0) return;
    this.bad += 1;
    for (const fault of spoiltBy) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** True when the latest take was not spoilt, and before the first one: what it shows of the rig need not be proved. */
  get isRigShown(): boolean {
    return this.latestIsGood;
  }

  /** True when a turn is to be repeated of which so many takes were made, the last of them spoilt. */
  bears(takesOfTurn: number): boolean {
    return takesOfTurn <= this.limits.retakes && this.isHopeful;
  }

  /** @throws RigError `HIL_RIG_TAKES` once too many takes were spoilt. */
  assertHopeful(): void {
    if (this.isHopeful) return;
    const share = ((100 * this.bad) / this.takes).toFixed(0);
    const reasons = [...this.faults].map(([fault, count]) => `${fault} ${count}`).join(', ');
    throw new RigError(
      'HIL_RIG_TAKES',
      `The rig spoilt ${this.bad} of ${this.takes} takes (${reasons}): ${share} %, and the bench bears ${100 * this.limits.badTakes} %.`,
      { takes: this.takes, bad: this.bad, reasons: Object.fromEntries(this.faults), limits: this.limits },
    );
  }

  private get isHopeful(): boolean {
    return this.bad < FEWEST_BAD_TAKES || this.bad <= this.limits.badTakes * this.takes;
  }
}
