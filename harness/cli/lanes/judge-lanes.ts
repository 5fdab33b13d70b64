import { basename } from 'node:path';
import { readEnvironment, type Budgets } from '../../config';
import { HilError } from '../../errors';
import type { Finding } from '../../ports';
import {
  addFindings,
  addTests,
  createRedactor,
  mergeRuns,
  readRun,
  writeLatest,
  type RunRecord,
  type TestRecord,
} from '../../run';
import { judgeRun } from '../../verdict';
import { findingOf } from '../bench-session';
import { endRun, judgeMerged, type JudgedRun } from '../finish-run';
import type { ReportOptions } from '../write-reports';
import type { LaneEnd } from './lane';
import type { BrokenUnit } from './shared-suites';

/** A lane that has ended, with the board that it was of. */
export interface BoardEnd extends LaneEnd {
  readonly boardName: string;
  /** What it had begun of shared suites when it was lost. Absent: nothing. */
  readonly broken?: readonly BrokenUnit[];
  /** Why it was put in quarantine: what it found judges nobody. Absent: it was not. */
  readonly quarantined?: string;
}

export interface LanesEnding extends ReportOptions {
  /** The merged run is made below this folder. */
  readonly reportsPath: string;
  readonly budgets: Budgets | undefined;
  /** The boards shared the suites: bounds are on the turns of all together, since none has enough of its own. */
  readonly shared: boolean;
  /** Boards that were in quarantine before, and were not tested. Absent: none. */
  readonly leftOut?: NonNullable<RunRecord['quarantined']>;
  /** Files that no board was left to do. Absent: none. */
  readonly undone?: readonly string[];
}

const ofBoard =
  (boardName: string) =>
  (finding: Finding): Finding => ({
    ...finding,
    message: `${boardName}: ${finding.message}`,
    facts: { ...finding.facts, boardName },
  });

/** What was broken off, as tests of the run that it was broken off in: its turns are there, and count as they were found. */
function testsOf(runPath: string, broken: readonly BrokenUnit[]): TestRecord[] {
  const { turns, tests } = readRun(runPath);
  const known = new Set(tests.flatMap(({ turnIds }) => turnIds));
  const turnIds = turns.map(({ record }) => record.turnId).filter((id) => !known.has(id));
  return broken.map(({ file, test, doneBy }, index) => ({
    schema: 'earshot/test@1',
    file,
    name: test.split(' › '),
    status: 'skipped',
    durationMs: 0,
    skipReason: doneBy === undefined ? 'broken off' : `broken off, and done again by ${doneBy}`,
    failures: [],
    // A board does one unit at a time; the last one is what it was at.
    turnIds: index === broken.length - 1 ? turnIds : [],
  }));
}

const undoneInWords = (files: readonly string[]): Finding[] =>
  files.map((file) =>
    findingOf(new HilError('HIL_HARNESS_UNEXPECTED', `No board was left to do ${basename(file)}.`, { file })),
  );

/** What a board's own latencies say of the budgets: among those of faster boards a slow one would not be seen. */
function tooSlow(runPath: string, boardName: string, budgets: Budgets): Finding[] {
  const { turns, findings, record } = readRun(runPath);
  return judgeRun({ turns, findings, budgets, subject: record, interrupted: false })
    .findings.filter(({ code }) => code === 'HIL_TURN_TOO_SLOW')
    .map(ofBoard(boardName));
}

/**
 * Judges every board's run for itself, merges them, and judges what all found together: a board that fails fails the whole.
 * @returns Undefined when no board came as far as a run folder.
 * @throws RunError when a folder cannot be read or written; `HIL_RUN_UNMERGEABLE` for boards of one model with firmware of different
 *   versions. The runs of the boards are whole then all the same.
 */
export function judgeLanes(
  ends: readonly BoardEnd[],
  { reportsPath, budgets, shared, leftOut = [], undone = [], language }: LanesEnding,
): JudgedRun | undefined {
  const redactor = createRedactor(readEnvironment().secrets);
  const stored = ends.flatMap((end) => (end.runPath === undefined ? [] : [{ ...end, runPath: end.runPath }]));
  if (stored.length === 0) return undefined;
  for (const { runPath, findings, interrupted, broken = [] } of stored) {
    if (broken.length > 0) addTests(runPath, testsOf(runPath, broken), redactor);
    endRun(runPath, { budgets: shared ? undefined : budgets, interrupted, findings });
  }
  const healthy = stored.filter(({ quarantined }) => quarantined === undefined);
  const { path, record } = mergeRuns({
    runs: healthy.map(({ runPath }) => runPath),
    out: { below: reportsPath },
    // Boards of different dialects talk to different providers.
    despite: ['provider'],
  });
  const slow =
    shared || budgets === undefined || healthy.length === 1
      ? []
      : healthy.flatMap(({ runPath, boardName }) => tooSlow(runPath, boardName, budgets));
  const absent = ends.flatMap(({ boardName, error }) =>
    error === undefined ? [] : [ofBoard(boardName)(findingOf(error))],
  );
  const wasInterrupted = ends.some(({ interrupted }) => interrupted);
  addFindings(path, [...absent, ...slow, ...(wasInterrupted ? [] : undoneInWords(undone))], redactor);
  writeLatest(reportsPath, record.runId);
  const run = readRun(path);
  const broken = stored.flatMap(({ boardName, quarantined, runPath }) =>
    quarantined === undefined
      ? []
      : [{ board: boardName, reason: quarantined, since: record.startedAt, runId: basename(runPath) }],
  );
  const quarantine = [...leftOut, ...broken];
  const named = quarantine.length === 0 ? {} : { quarantined: quarantine };
  return judgeMerged({ ...run, record: { ...run.record, ...named } }, budgets, { language });
}
