import { hasPlayed, preflight, preflightFailure, type BenchParts, type CheckReport } from '../bench';
import type { BenchConfig } from '../config';
import type { Clock } from '../ports';
import type { BenchHealth } from './bench-health';

export interface BenchProofOptions {
  readonly config: BenchConfig;
  /** Open already. */
  readonly parts: BenchParts;
  readonly reportsPath: string;
  readonly clock: Clock;
  /** Gets what each preflight saw, and which suite it came before; undefined: the run. */
  readonly record: (checks: readonly CheckReport[], suite: string | undefined) => void;
}

/** Has a bench prove its own parts: whole ahead of the run, and before each suite as far as turns have not shown them. */
export class BenchProof {
  constructor(private readonly options: BenchProofOptions) {}

  /** @throws HilError `HIL_BENCH_PREFLIGHT`: nothing of what follows would say anything of the board. */
  async beforeRun(): Promise<void> {
    const failure = preflightFailure(this.options.config.name, await this.fly(undefined));
    if (failure !== undefined) throw failure;
  }

  /**
   * A bench that fails here is broken from then on, so that every later call says why.
   * @param isSoundShown - The latest take was good, or there was none since the run began.
   * @returns True when it has played something, which the board may have answered.
   */
  async beforeSuite(suite: string, isSoundShown: boolean, health: BenchHealth): Promise<boolean> {
    if (!health.isWhole) return false;
    const reports = await this.fly(suite, { isSoundShown });
    const failure = preflightFailure(this.options.config.name, reports);
    if (failure !== undefined) health.lose(failure);
    return hasPlayed(reports);
  }

  private async fly(
    suite: string | undefined,
    again?: { readonly isSoundShown: boolean },
  ): Promise<readonly CheckReport[]> {
    const { record, ...about } = this.options;
    const checks = await preflight({ ...about, ...(again === undefined ? {} : { again }) });
    record(checks, suite);
    return checks;
  }
}
