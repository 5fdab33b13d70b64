import { readEnvironment } from '../../config';
import { latestRunPath } from '../../run';
import { ConfigError } from '../../errors';
import { renderFinished } from '../finish-run';
import { printSummary } from '../print-summary';

export interface ReportArguments {
  readonly run: string | undefined;
  readonly reports: string;
  readonly json: boolean;
}

/** Renders a stored run again, or finishes one that was killed. The exit code is that of the run's verdict. */
export function reportCommand({ run, reports, json }: ReportArguments): number {
  const runPath = run ?? latestRunPath(reports);
  if (runPath === undefined) {
    throw new ConfigError('HIL_RUN_NOT_FOUND', `There is no run below ${reports}; name a run folder.`, {
      reports,
    });
  }
  const judged = renderFinished(runPath);
  const { colour } = readEnvironment();
  printSummary(judged, { json, colours: colour === 'always' || (colour === 'auto' && process.stdout.isTTY) });
  return judged.verdict.exitCode;
}
