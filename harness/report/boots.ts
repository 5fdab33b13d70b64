import type { BootSession } from '../ports';
import type { FinishedRun } from '../run';
import { inMs } from './wording';

/** Titles of what `bootRows` gives, in its order. */
export const bootTitles = ['boot', 'began by', 'reset cause', 'to app', 'ended by', 'crashes'] as const;

/** A boot loop fills no page. */
const MAX_BOOTS = 50;

const inWords: Readonly<Record<NonNullable<BootSession['endedBy']> | 'joined', string>> = {
  ordered: 'the bench',
  crash: 'a crash',
  watchdog: 'a watchdog',
  power: 'its supply',
  'power-on': 'power on',
  restart: 'its firmware',
  joined: 'running already',
  unknown: 'unknown',
  closed: 'end of the run',
};

/** The boots of a run, oldest first; none of runs of older versions. */
export const bootsOf = ({ events }: FinishedRun): readonly BootSession[] =>
  events.flatMap(({ kind, data }) =>
    kind === 'board' && data['type'] === 'boot-ended' ? [data['session'] as BootSession] : [],
  );

function crashesInWords({ crashes, orderedCrashes = 0 }: BootSession): string {
  if (orderedCrashes === 0) return String(crashes);
  return crashes === 0 ? `${orderedCrashes} ordered` : `${crashes}, and ${orderedCrashes} ordered`;
}

/** One row for each boot. */
export function bootRows(run: FinishedRun): readonly (readonly string[])[] {
  return bootsOf(run)
    .slice(0, MAX_BOOTS)
    .map((boot) => {
      const app = boot.milestones.find(({ milestone }) => milestone === 'app');
      return [
        String(boot.boot),
        inWords[boot.startedBy],
        boot.resetCause ?? '–',
        app === undefined ? '–' : `${inMs(app.afterMs)} ms`,
        inWords[boot.endedBy ?? 'unknown'],
        crashesInWords(boot),
      ];
    });
}

/** `5 boots, 4 by the bench`. */
export function bootsInWords(run: FinishedRun): string {
  const boots = bootsOf(run);
  const ordered = boots.filter(({ startedBy }) => startedBy === 'ordered').length;
  const more = boots.length > MAX_BOOTS ? `; the first ${MAX_BOOTS} are shown` : '';
  return `${boots.length} boots, ${ordered} by the bench${more}`;
}
