import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enrichAllure, renderJunit, renderMarkdown } from '../report';
import type { FinishedRun } from '../run';

/** Absolute paths of what was written. */
export interface WrittenReports {
  readonly html: string;
  readonly junit: string;
  readonly summary: string;
  readonly allureResults: string;
}

/** Renders a judged run into its own folder. */
export async function writeReports(run: FinishedRun): Promise<WrittenReports> {
  const paths = {
    html: join(run.path, 'report.html'),
    junit: join(run.path, 'junit.xml'),
    summary: join(run.path, 'summary.md'),
    allureResults: join(run.path, 'allure-results'),
  };
  writeFileSync(paths.junit, renderJunit(run));
  writeFileSync(paths.summary, renderMarkdown(run));
  mkdirSync(paths.allureResults, { recursive: true });
  for (const { name, content } of enrichAllure(run)) writeFileSync(join(paths.allureResults, name), content);
  return Promise.resolve(paths);
}
