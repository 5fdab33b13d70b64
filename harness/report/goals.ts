import type { FinishedRun } from '../run';
import { en, type Messages } from './language';
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

function differenceOf(valueMs: number | undefined, goalMs: number, { goals }: Messages): string {
  if (valueMs === undefined) return goals.noValue;
  if (!Number.isFinite(valueMs)) return goals.missedAbove;
  const byMs = valueMs - goalMs;
  return byMs <= 0 ? goals.reached(inMs(-byMs)) : goals.missed(inMs(byMs));
}

/** The goals of a run, which no verdict comes from; none where its bench states none. */
export function goalRows({ record, verdict }: FinishedRun, words: Messages = en): readonly GoalRow[] {
  const dialectsOf = (boards: readonly string[] | undefined): string => {
    const own = record.boards.filter(({ name }) => boards?.includes(name) ?? true);
    return [...new Set(own.map((board) => board.dialect.name))].join(', ');
  };
  return (verdict?.goals ?? []).flatMap(({ measure, quantile, boards, value, bound }) =>
    measure === 'successRate'
      ? []
      : {
          dialect: dialectsOf(boards),
          measure:
            `${words.measures[measure].title} ${quantile === undefined ? '' : words.quantileNames[quantile]}`.trim(),
          value: value === undefined ? '–' : `${inMs(value, words)}${Number.isFinite(value) ? ' ms' : ''}`,
          goal: `≤ ${bound} ms`,
          difference: differenceOf(value, bound, words),
        },
  );
}

/** Titles of what `goalRows` gives, in its order. */
export const goalTitles = en.goals.titles;
