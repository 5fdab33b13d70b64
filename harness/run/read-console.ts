import { join } from 'node:path';
import type { ConsoleLine } from '../ports';
import { folderNameOf } from './run-id';
import { consoleLineSchema } from './schemas';
import { checkStored, readJournal } from './stored-file';

/**
 * Every line that a board printed in a run, in order; of a killed run, up to its last whole one. None where nothing is stored.
 * With `DeviceClocks` of `harness/measurement` they show how the board's clock relates to the host's over the whole run.
 * @throws RunError `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED` naming file and line.
 */
export const readConsole = (runPath: string, boardName: string): ConsoleLine[] =>
  readJournal(join(runPath, folderNameOf(boardName), 'console.jsonl')).map(
    ({ value, place }) => checkStored(value, 'console-line', consoleLineSchema, place) as ConsoleLine,
  );
