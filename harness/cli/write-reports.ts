import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '../audio';
import { isSoundTurn } from '../measurement';
import {
  enrichAllure,
  peaksOf,
  renderHtml,
  renderJunit,
  renderMarkdown,
  type TurnSoundSummary,
} from '../report';
import type { FinishedRun } from '../run';

/** Absolute paths of what was written. */
export interface WrittenReports {
  readonly html: string;
  readonly junit: string;
  readonly summary: string;
  readonly allureResults: string;
}

/** Waveforms of a run's captures; a turn whose capture cannot be read has none. */
function soundsOf(run: FinishedRun): TurnSoundSummary[] {
  return run.turns.filter(isSoundTurn).flatMap(({ record: { turnId, capture } }) => {
    if (capture === undefined) return [];
    try {
      const { channels } = readWav(readFileSync(join(run.path, capture.path)));
      return [
        {
          turnId,
          channels: channels.map((samples, index) => ({
            role: capture.roles[index] ?? 'speaker',
            peaks: peaksOf(samples),
          })),
        },
      ];
    } catch {
      // A run folder may travel without its captures: the report is whole but for the waveform.
      return [];
    }
  });
}

/** Renders a judged run into its own folder. */
export function writeReports(run: FinishedRun): WrittenReports {
  const paths = {
    html: join(run.path, 'report.html'),
    junit: join(run.path, 'junit.xml'),
    summary: join(run.path, 'summary.md'),
    allureResults: join(run.path, 'allure-results'),
  };
  writeFileSync(paths.html, renderHtml(run, { sounds: soundsOf(run) }));
  writeFileSync(paths.junit, renderJunit(run));
  writeFileSync(paths.summary, renderMarkdown(run));
  mkdirSync(paths.allureResults, { recursive: true });
  for (const { name, content } of enrichAllure(run)) writeFileSync(join(paths.allureResults, name), content);
  return paths;
}
