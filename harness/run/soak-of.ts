import type { SoakInput } from '../verdict';
import type { FinishedRun } from './read-run';

type Played = Pick<FinishedRun, 'record' | 'events'>;

/**
 * How long a soak has been played, all its parts together and what lay between them not counted, in ms. What `playedMs` of a merged run says,
 * whose parts are these.
 * @returns 0 for a run that is none.
 */
export function soakElapsedMs({ record, events }: Played): number {
  const { soak, sources, startedAtHostMs } = record;
  if (soak === undefined || sources !== undefined) return soak?.playedMs ?? 0;
  const lastAtMs = events.reduce((last, { hostAtMs = last }) => Math.max(last, hostAtMs), startedAtHostMs);
  return soak.playedMs + lastAtMs - startedAtHostMs;
}

/** What of a run for hours is judged beside its turns, to be spread into the input of `judgeRun`; nothing of other runs. */
export function soakOf(run: Played): { readonly soak?: SoakInput } {
  const { soak: plan, startedAtHostMs } = run.record;
  if (plan === undefined) return {};
  return { soak: { plan, startedAtHostMs, elapsedMs: soakElapsedMs(run), events: run.events } };
}
