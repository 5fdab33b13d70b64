import { dirname, join, resolve } from 'node:path';
import { readEnvironment } from '../../config';
import type { Language } from '../../report';
import { latestRunPath } from '../../run';
import { ConfigError } from '../../errors';
import { generateAllure } from '../allure/generate-allure';
import { renderFinished } from '../finish-run';
import { printSummary } from '../print-summary';

export interface ReportArguments {
  readonly run: string | undefined;
  readonly reports: string;
  /** Of report.html. Default: English. */
  readonly language?: Language | undefined;
  readonly json: boolean;
  /** Makes Allure's report as well. */
  readonly allure: boolean;
  /** Allure's history file; undefined: `allure-history.jsonl` beside the run. */
  readonly allureHistory: string | undefined;
}

/** Renders a stored run again, or finishes one that was killed; on demand with Allure's own report. The exit code is that of the run's verdict. */
export function reportCommand({
  run,
  reports,
  language,
  json,
  allure,
  allureHistory,
}: ReportArguments): number {
  const runPath = run ?? latestRunPath(reports);
  if (runPath === undefined) {
    throw new ConfigError('HIL_RUN_NOT_FOUND', `There is no run below ${reports}; name a run folder.`, {
      reports,
    });
  }
  const judged = renderFinished(runPath, { language });
  const { colour } = readEnvironment();
  printSummary(judged, { json, colours: colour === 'always' || (colour === 'auto' && process.stdout.isTTY) });
  if (allure) {
    const history = allureHistory ?? join(dirname(resolve(runPath)), 'allure-history.jsonl');
    const { page, isOneFile } = generateAllure(judged.run, history);
    const how = isOneFile ? '' : ` (serve its folder: npx allure open ${dirname(page)})`;
    process.stderr.write(`allure   ${page}${how}\nhistory  ${history}\n`);
  }
  return judged.verdict.exitCode;
}
