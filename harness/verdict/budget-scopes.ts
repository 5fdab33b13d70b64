import type { BudgetBounds, Budgets, BudgetSection, MeasureBounds } from '../config';
import { measureNames, turnKinds, type MeasureName, type TurnKind } from '../measurement';
import type { BudgetQuantile } from './budget';

/** What was tested with what: bounds may be for some boards only. */
export interface BudgetSubject {
  readonly boards: readonly {
    readonly name: string;
    readonly dialect: { readonly name: string };
    /** Of a merged run, in which it may have its bench in its name. */
    readonly bench?: string;
  }[];
  readonly provider: { readonly name: string; readonly protocol: string };
}

/** One bound of a budgets file, and whose turns it is for. */
export interface ScopedBound {
  /** Absent: the success rate. */
  readonly measure?: MeasureName;
  readonly quantile?: BudgetQuantile;
  readonly kind?: TurnKind;
  /** It is shown and judges nothing. */
  readonly goal: boolean;
  readonly bound: number;
  /** Undefined: all of the run. */
  readonly boards: readonly string[] | undefined;
}

type Bound = Omit<ScopedBound, 'boards'>;

const quantiles: readonly BudgetQuantile[] = ['p50', 'p90', 'p95', 'max'];

const ofMeasures = (
  bounds: MeasureBounds,
  more: { readonly goal: boolean; readonly kind?: TurnKind },
): Bound[] =>
  measureNames.flatMap((measure) =>
    quantiles.flatMap((quantile): Bound[] => {
      const bound = bounds[measure]?.[quantile];
      return bound === undefined ? [] : [{ measure, quantile, bound, ...more }];
    }),
  );

/** In the order of the measures: the success rate, bounds on all turns, those on the turns of one kind, goals. */
const boundsOf = ({ successRate, measures, kinds = {}, goals = {} }: BudgetBounds): Bound[] => [
  ...(successRate === undefined ? [] : [{ goal: false, bound: successRate }]),
  ...ofMeasures(measures, { goal: false }),
  ...turnKinds.flatMap((kind) => ofMeasures(kinds[kind] ?? {}, { goal: false, kind })),
  ...ofMeasures(goals, { goal: true }),
];

const keyOf = ({ measure, quantile, kind, goal }: Bound): string =>
  JSON.stringify([measure, quantile, kind, goal]);

/** Whether any name that something goes by is among those of a selector; no selector names everything. */
const named = (selector: readonly string[] | undefined, ...names: readonly string[]): boolean =>
  selector === undefined || names.some((name) => selector.includes(name));

/** `mock openai-realtime` goes by its kind, by its protocol and by both. */
function providerNames({ name, protocol }: BudgetSubject['provider']): string[] {
  const [kind = name] = name.split(' ', 1);
  return [name, protocol, kind, name.replace(' ', ':')];
}

function boardsOf(section: BudgetSection, { boards, provider }: BudgetSubject): string[] {
  if (!named(section.providers, ...providerNames(provider))) return [];
  return boards
    .filter(({ name, dialect, bench }) => {
      const suffix = `@${bench ?? ''}`;
      const plain = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
      return named(section.boards, name, plain) && named(section.dialects, dialect.name);
    })
    .map(({ name }) => name);
}

/**
 * Every bound of a budgets file that is for any board of the run, with its boards: for each board, a bound is taken from the last section
 * that has it and is for that board, and from the bounds for all where there is none.
 * @param subject - Undefined: nobody knows, so the bounds for all are taken.
 */
export function scopedBounds(budgets: Budgets, subject: BudgetSubject | undefined): ScopedBound[] {
  const general = boundsOf(budgets);
  if (subject === undefined || budgets.sections === undefined)
    return general.map((bound) => ({ ...bound, boards: undefined }));
  const everyBoard = subject.boards.map(({ name }) => name);
  const layers = [
    { boards: everyBoard, bounds: general },
    ...budgets.sections.map((section) => ({ boards: boardsOf(section, subject), bounds: boundsOf(section) })),
  ];
  return layers.flatMap(({ boards, bounds }, index) =>
    bounds.flatMap((bound): ScopedBound[] => {
      const replaced = layers
        .slice(index + 1)
        .filter((later) => later.bounds.some((other) => keyOf(other) === keyOf(bound)))
        .flatMap((later) => later.boards);
      const left = boards.filter((name) => !replaced.includes(name));
      if (left.length === 0) return [];
      return [{ ...bound, boards: left.length === everyBoard.length ? undefined : left }];
    }),
  );
}
