import type { Budgets } from '../config';
import { systemClock, type Finding } from '../ports';
import { addFindings, readRun, storeVerdict, type FinishedRun } from '../run';
import { judgeRun, type Verdict } from '../verdict';
import { writeReports, type WrittenReports } from './write-reports';

export interface RunEnding {
  readonly budgets: Budgets | undefined;
  readonly interrupted: boolean;
  /** What the host could not record itself. */
  readonly findings: readonly Finding[];
}

/** A run after its end: read back, judged and rendered. */
export interface JudgedRun {
  readonly run: FinishedRun;
  readonly verdict: Verdict;
  readonly reports: WrittenReports;
}

/**
 * Judges a run whose writer is gone and writes verdict and reports beside what was recorded.
 * @throws RunError when the folder cannot be read or written.
 */
export function finishRun(runPath: string, ending: RunEnding): JudgedRun {
  addFindings(runPath, ending.findings);
  const { record, turns, findings } = readRun(runPath);
  const verdict = judgeRun({ turns, findings, budgets: ending.budgets, interrupted: ending.interrupted });
  const lastAtMs = Math.max(record.startedAtHostMs, ...turns.map((turn) => turn.record.endedAtHostMs));
  storeVerdict(runPath, record, verdict, Math.max(lastAtMs, systemClock.nowMs()));
  return renderFinished(runPath);
}

/** Renders a run again from its folder alone; one that never came to its end is judged as aborted. */
export function renderFinished(runPath: string): JudgedRun {
  const run = readRun(runPath);
  const { turns, findings } = run;
  const verdict = run.verdict ?? judgeRun({ turns, findings, budgets: undefined, interrupted: true });
  const judged = { ...run, verdict };
  return { run: judged, verdict, reports: writeReports(judged) };
}
