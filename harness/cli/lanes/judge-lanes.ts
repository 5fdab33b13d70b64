import { readEnvironment, type Budgets } from '../../config';
import type { Finding } from '../../ports';
import { addFindings, createRedactor, mergeRuns, readRun, writeLatest } from '../../run';
import { judgeRun } from '../../verdict';
import { findingOf } from '../bench-session';
import { endRun, judgeMerged, type JudgedRun } from '../finish-run';
import type { ReportOptions } from '../write-reports';
import type { LaneEnd } from './lane';

/** A lane that has ended, with the board that it was of. */
export interface BoardEnd extends LaneEnd {
  readonly boardName: string;
}

export interface LanesEnding extends ReportOptions {
  /** The merged run is made below this folder. */
  readonly reportsPath: string;
  readonly budgets: Budgets | undefined;
  /** The boards shared the suites: bounds are on the turns of all together, since none has enough of its own. */
  readonly shared: boolean;
  /** What was found of all of them together. Absent: nothing. */
  readonly findings?: readonly Finding[];
}

const ofBoard =
  (boardName: string) =>
  (finding: Finding): Finding => ({
    ...finding,
    message: `${boardName}: ${finding.message}`,
    facts: { ...finding.facts, boardName },
  });

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
  { reportsPath, budgets, shared, findings = [], language }: LanesEnding,
): JudgedRun | undefined {
  const stored = ends.flatMap(({ runPath, boardName, findings: own, interrupted }) =>
    runPath === undefined ? [] : [{ runPath, boardName, own, interrupted }],
  );
  if (stored.length === 0) return undefined;
  for (const { runPath, own, interrupted } of stored)
    endRun(runPath, { budgets: shared ? undefined : budgets, interrupted, findings: own });
  const { path, record } = mergeRuns({
    runs: stored.map(({ runPath }) => runPath),
    out: { below: reportsPath },
    // Boards of different dialects talk to different providers.
    despite: ['provider'],
  });
  const slow =
    shared || budgets === undefined || stored.length === 1
      ? []
      : stored.flatMap(({ runPath, boardName }) => tooSlow(runPath, boardName, budgets));
  const absent = ends.flatMap(({ boardName, error }) =>
    error === undefined ? [] : [ofBoard(boardName)(findingOf(error))],
  );
  addFindings(path, [...findings, ...absent, ...slow], createRedactor(readEnvironment().secrets));
  writeLatest(reportsPath, record.runId);
  return judgeMerged(readRun(path), budgets, { language });
}
