import { ConfigError } from '../errors';
import { latestRunPath, readRun, type FinishedRun } from '../run';

/**
 * The runs of these folders, or the latest one of a reports folder where none is named.
 * @throws ConfigError `HIL_RUN_NOT_FOUND` where there is none; RunError as `readRun` does.
 */
export function namedRuns(paths: readonly string[], reports: string): [FinishedRun, ...FinishedRun[]] {
  const [first = latestRunPath(reports), ...others] = paths;
  if (first === undefined) {
    throw new ConfigError('HIL_RUN_NOT_FOUND', `There is no run below ${reports}; name a run folder.`, {
      reports,
    });
  }
  return [readRun(first), ...others.map((path) => readRun(path))];
}
