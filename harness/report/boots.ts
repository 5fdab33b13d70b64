import type { BootSession } from '../ports';
import type { FinishedRun } from '../run';
import { en, type Messages } from './language';
import { inMs } from './wording';

/** Titles of what `bootRows` gives, in its order. */
export const bootTitles = en.boots.titles;

/** A boot loop fills no page. */
const MAX_BOOTS = 50;

/** The boots of a run, oldest first; none of runs of older versions. */
export const bootsOf = ({ events }: FinishedRun): readonly BootSession[] =>
  events.flatMap(({ kind, data }) =>
    kind === 'board' && data['type'] === 'boot-ended' ? [data['session'] as BootSession] : [],
  );

function crashesInWords({ crashes, orderedCrashes = 0 }: BootSession, { boots }: Messages): string {
  if (orderedCrashes === 0) return String(crashes);
  return crashes === 0 ? boots.ordered(orderedCrashes) : boots.crashesAndOrdered(crashes, orderedCrashes);
}

/** One row for each boot. */
export function bootRows(run: FinishedRun, words: Messages = en): readonly (readonly string[])[] {
  return bootsOf(run)
    .slice(0, MAX_BOOTS)
    .map((boot) => {
      const app = boot.milestones.find(({ milestone }) => milestone === 'app');
      return [
        String(boot.boot),
        words.boots.causes[boot.startedBy],
        boot.resetCause ?? '–',
        app === undefined ? '–' : `${inMs(app.afterMs)} ms`,
        words.boots.causes[boot.endedBy ?? 'unknown'],
        crashesInWords(boot, words),
      ];
    });
}

/** `5 boots, 4 by the bench`. */
export function bootsInWords(run: FinishedRun, words: Messages = en): string {
  const boots = bootsOf(run);
  const ordered = boots.filter(({ startedBy }) => startedBy === 'ordered').length;
  return words.boots.summary(boots.length, ordered, boots.length > MAX_BOOTS ? MAX_BOOTS : undefined);
}
