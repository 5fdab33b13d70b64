import type { Distribution, MeasureName, SelfCheckSummary, TurnKind } from '../measurement';
import type { Finding, Topology } from '../ports';
import type { CrashGroup } from './crash-groups';
import type { ShiftResult } from './shift/judge-shifts';
import type { SoakVerdict } from './soak/judge-soak';

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'not-judged' | 'aborted';

/** One bound of `budgets.yaml`, or of a suite, against the run. */
export interface BudgetResult {
  readonly measure: MeasureName | 'successRate';
  /** Of which turns; absent: of all. */
  readonly kind?: TurnKind;
  /** Whose turns; absent: those of all boards. */
  readonly boards?: readonly string[];
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

export type Distributions = Readonly<Record<MeasureName, Distribution>>;

/** Which topology the distributions of a run are of, and how many good takes of others they leave out. */
export interface TopologyShare {
  readonly counted: Topology;
  readonly leftOut: readonly { readonly topology: Topology; readonly turns: number }[];
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
  /** Crashes among the findings by their signature, the most frequent first. Absent: there is none. */
  readonly crashes?: readonly CrashGroup[];
  readonly budgets: readonly BudgetResult[];
  /** What was measured beside goals that judge nothing. Absent: the bench states none. */
  readonly goals?: readonly BudgetResult[];
  /** What came of holding the run against a baseline. Absent: it was not. */
  readonly comparison?: {
    readonly against: string;
    readonly marginMs: number;
    readonly shifts: readonly ShiftResult[];
    /** What the compared measures were in the reference, for pictures. Absent in verdicts of older versions. */
    readonly reference?: Readonly<Partial<Distributions>>;
  };
  /** How the board did over hours. Absent: the run was no soak. */
  readonly soak?: SoakVerdict;
  readonly distributions: Distributions;
  /** The same for cold, warm, tool and plain turns apart. Absent in verdicts of older versions. */
  readonly distributionsByKind?: Readonly<Record<TurnKind, Distributions>>;
  /** Absent in verdicts of older versions, and where there is no good take. */
  readonly topology?: TopologyShare;
  readonly selfCheck: SelfCheckSummary | undefined;
}
