import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '../audio';
import type { MeasuredTurn } from '../measurement';
import {
  enrichAllure,
  isResultFile,
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

/** Waveform of a turn's capture; undefined of a turn without one, and where it cannot be read. */
export function soundOf(run: FinishedRun, { record }: MeasuredTurn): TurnSoundSummary | undefined {
  if (record.kind === 'text' || record.capture === undefined) return undefined;
  const { turnId, capture } = record;
  try {
    const { channels } = readWav(readFileSync(join(run.path, capture.path)));
    return {
      turnId,
      channels: channels.map((samples, index) => ({
        role: capture.roles[index] ?? 'speaker',
        peaks: peaksOf(samples),
      })),
    };
  } catch {
    // A run folder may travel without its captures: the report is whole but for the waveform.
    return undefined;
  }
}

/** What Allure has of a run, in its folder of results. */
function writeAllure(run: FinishedRun, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const results = readdirSync(folder)
    .filter(isResultFile)
    .map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8') }));
  for (const { name, content } of enrichAllure(run, results)) writeFileSync(join(folder, name), content);
}

/** Renders a judged run into its own folder. */
export function writeReports(run: FinishedRun): WrittenReports {
  const paths = {
    html: join(run.path, 'report.html'),
    junit: join(run.path, 'junit.xml'),
    summary: join(run.path, 'summary.md'),
    allureResults: join(run.path, 'allure-results'),
  };
  writeFileSync(
    paths.html,
    renderHtml(run, { sounds: run.turns.flatMap((turn) => soundOf(run, turn) ?? []) }),
  );
  writeFileSync(paths.junit, renderJunit(run));
  writeFileSync(paths.summary, renderMarkdown(run));
  writeAllure(run, paths.allureResults);
  return paths;
}
