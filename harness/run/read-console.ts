import { join } from 'node:path';
import type { ConsoleLine } from '../ports';
import { earlierLines } from './console-sink';
import { folderNameOf } from './run-id';
import { consoleLineSchema } from './schemas';
import { checkStored, journalOf } from './stored-file';

/**
 * Every line that is stored of what a board printed in a run, in order; of a killed run, up to its last whole one. None where nothing is
 * stored; of a run for hours the oldest may have been let go.
 * @throws RunError `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED` naming file and line.
 */
export function* consoleLinesOf(runPath: string, boardName: string): Generator<ConsoleLine> {
  for (const name of [earlierLines, 'console.jsonl'])
    for (const { value, place } of journalOf(join(runPath, folderNameOf(boardName), name)))
      yield checkStored(value, 'console-line', consoleLineSchema, place) as ConsoleLine;
}

/**
 * All of `consoleLinesOf`. With `DeviceClocks` of `harness/measurement` they show how the board's clock relates to the host's over the whole run.
 * @throws RunError `HIL_RUN_TOO_NEW`, `HIL_RUN_DAMAGED` naming file and line.
 */
export const readConsole = (runPath: string, boardName: string): ConsoleLine[] => [
  ...consoleLinesOf(runPath, boardName),
];
