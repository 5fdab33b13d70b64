import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, isHilError } from '../errors';
import { readRunHead, type RunHead } from '../run';

/** Runs of a folder, and those of them that could not be read. */
export interface StoredRuns {
  readonly runs: readonly RunHead[];
  /** Of each: its folder, and why. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Every run directly below a folder; one that is damaged, or of a newer version, hides none of the others.
 * @throws ConfigError `HIL_RUN_NOT_FOUND` where there is no run.
 */
export function storedRuns(folder: string): StoredRuns {
  const paths = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'run.json')))
        .map(({ name }) => join(folder, name))
        .sort()
    : [];
  if (paths.length === 0) {
    throw new ConfigError('HIL_RUN_NOT_FOUND', `There is no run below ${folder}.`, { folder });
  }
  const runs: RunHead[] = [];
  const unreadable: { path: string; why: string }[] = [];
  for (const path of paths) {
    try {
      runs.push(readRunHead(path));
    } catch (error) {
      if (!isHilError(error)) throw error;
      unreadable.push({ path, why: error.message });
    }
  }
  return { runs, unreadable };
}
