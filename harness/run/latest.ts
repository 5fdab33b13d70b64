import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './append-file';
import { isFolderName } from './file-in-run';
import type { StoreFiles } from './store-files';

/** A text file and no symbolic link: links need a privilege on Windows, and archives and artifact stores drop them. */
const FILE = 'latest.txt';

/** Makes a run the latest one of its reports folder. @throws RunError `HIL_RUN_STORE_FAILED`. */
export const writeLatest = (reportsPath: string, runId: string, files?: StoreFiles): void =>
  replaceFile(join(reportsPath, FILE), `${runId}\n`, files === undefined ? {} : { files });

/** Path of the latest run of a reports folder; undefined when there is none. The folder itself may be gone. */
export function latestRunPath(reportsPath: string): string | undefined {
  try {
    const runId = readFileSync(join(reportsPath, FILE), 'utf8').trim();
    return isFolderName(runId) ? join(reportsPath, runId) : undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
