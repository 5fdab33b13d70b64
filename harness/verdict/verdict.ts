import type { Finding } from '../ports';
import type { MeasureName, SelfCheckSummary } from '../measurement';
import type { Distribution } from '../measurement';

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'not-judged' | 'aborted';

/** One bound of `budgets.yaml`, or of a suite, against the run. */
export interface BudgetResult {
  readonly measure: MeasureName | 'successRate';
  /** `p50`, `p90`, `p95`, `max`; absent for rates. */
  readonly quantile?: 'p50' | 'p90' | 'p95' | 'max';
  readonly bound: number;
  readonly unit: 'ms' | 'ratio';
  /** Undefined: no value at this n. */
  readonly value: number | undefined;
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'not-judged';
  /** One sentence with n, the interval and what is missing. */
  readonly why: string;
}

/** One turn in the summary. */
export interface TurnOutcome {
  readonly turnId: string;
  readonly outcome: 'pass' | 'fail' | 'not-judged';
  readonly findings: readonly Finding[];
}

export interface Verdict {
  readonly schema: 'earshot/verdict@1';
  readonly outcome: Outcome;
  /** DESIGN section 8. */
  readonly exitCode: 0 | 1 | 2 | 3 | 4 | 5 | 130;
  /** One sentence: what decided. */
  readonly why: string;
  readonly turns: readonly TurnOutcome[];
  readonly findings: readonly Finding[];
  readonly budgets: readonly BudgetResult[];
  readonly distributions: Readonly<Record<MeasureName, Distribution>>;
  readonly selfCheck: SelfCheckSummary | undefined;
}
