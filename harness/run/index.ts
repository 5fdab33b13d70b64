export {
  baselineOf,
  baselinePaths,
  baselineTitle,
  differenceNames,
  differencesBetween,
  joinRuns,
  readBaseline,
  referenceOf,
  storeBaseline,
  type Baseline,
  type Difference,
  type DifferenceName,
} from './baseline';
export type { ConsoleSink } from './console-sink';
export { addFindings, addTests, storeVerdict, writeVerdict } from './finish-run';
export { fileInRun } from './file-in-run';
export { toJsonText } from './json-text';
export { latestRunPath, writeLatest } from './latest';
export { referenceInTurns } from './in-turns';
export { mergeRuns, type MergeOptions } from './merge-runs';
export { readConsole } from './read-console';
export {
  readRun,
  readRunHead,
  type RunHead,
  type FinishedRun,
  type FinishedTurn,
  type RunEvent,
} from './read-run';
export type { RedactingStream } from './redacting-stream';
export { createRedactor, type Redactor } from './redaction';
export { folderNameOf } from './run-id';
export { inOrder, runIdsOf } from './runs-in-order';
export type { LetGo, RunRecord, RunSource, SoakRecord, TestRecord } from './run-record';
export { soakElapsedMs, soakOf } from './soak-of';
export { createRunStore, type InitialRunRecord, type RunStore, type RunStoreOptions } from './run-store';
