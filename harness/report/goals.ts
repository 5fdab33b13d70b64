import { measures } from '../measurement';
import type { FinishedRun } from '../run';
import { inMs } from './wording';

/** A figure beside what a bench file calls its goal; one row for each dialect that was tested. */
export interface GoalRow {
  readonly dialect: string;
  readonly measure: string;
  readonly value: string;
  readonly goal: string;
  /** How far off, or why nobody knows. */
  readonly difference: string;
}

function differenceOf(valueMs: number | undefined, goalMs: number): string {
  if (valueMs === undefined) return 'no turn has a value';
  if (!Number.isFinite(valueMs)) return 'missed: above every number';
  const byMs = valueMs - goalMs;
  return byMs <= 0 ? `reached, ${inMs(-byMs)} ms to spare` : `missed by ${inMs(byMs)} ms`;
}

/** The goals of a run, which no verdict comes from; none where its bench states none. */
export function goalRows({ record, verdict }: FinishedRun): readonly GoalRow[] {
  const dialectsOf = (boards: readonly string[] | undefined): string => {
    const own = record.boards.filter(({ name }) => boards?.includes(name) ?? true);
    return [...new Set(own.map((board) => board.dialect.name))].join(', ');
  };
  return (verdict?.goals ?? []).flatMap(({ measure, quantile, boards, value, bound }) =>
    measure === 'successRate'
      ? []
      : {
          dialect: dialectsOf(boards),
          measure: `${measures[measure].title} ${quantile ?? ''}`.trim(),
          value: value === undefined ? '–' : `${inMs(value)}${Number.isFinite(value) ? ' ms' : ''}`,
          goal: `≤ ${bound} ms`,
          difference: differenceOf(value, bound),
        },
  );
}

/** Titles of what `goalRows` gives, in its order. */
export const goalTitles = ['dialect', 'latency', 'value', 'goal', ''] as const;
