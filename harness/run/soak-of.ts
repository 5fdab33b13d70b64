import type { SoakInput } from '../verdict';
import type { FinishedRun } from './read-run';

/** What of a run for hours is judged beside its turns, to be spread into the input of `judgeRun`; nothing of other runs. */
export function soakOf({ record, events }: Pick<FinishedRun, 'record' | 'events'>): {
  readonly soak?: SoakInput;
} {
  const { soak: plan, startedAtHostMs } = record;
  return plan === undefined ? {} : { soak: { plan, startedAtHostMs, events } };
}
