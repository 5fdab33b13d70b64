import { readEnvironment, type Budgets } from '../config';
import { systemClock, type Finding } from '../ports';
import { addFindings, createRedactor, readRun, soakOf, storeVerdict, type FinishedRun } from '../run';
import { judgeRun, type Reference, type Verdict } from '../verdict';
import { writeReports, type ReportOptions, type WrittenReports } from './write-reports';

export interface RunEnding extends ReportOptions {
  /** What the run is held against. Absent: nothing. */
  readonly reference?: Reference | undefined;
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
 * Judges a run whose writer is gone and stores the verdict beside what was recorded; it is rendered by nobody yet.
 * @throws RunError when the folder cannot be read or written.
 */
export function endRun(runPath: string, ending: RunEnding): Verdict {
  const redactor = createRedactor(readEnvironment().secrets);
  addFindings(runPath, ending.findings, redactor);
  const stored = readRun(runPath);
  const { record, turns, findings, bounds } = stored;
  const { budgets, interrupted, reference } = ending;
  const verdict = judgeRun({
    turns,
    findings,
    budgets,
    subject: record,
    bounds,
    interrupted,
    ...soakOf(stored),
    ...(reference === undefined ? {} : { reference }),
  });
  const lastAtMs = Math.max(record.startedAtHostMs, ...turns.map((turn) => turn.record.endedAtHostMs));
  const endedAtHostMs = Math.max(lastAtMs, systemClock.nowMs());
  storeVerdict(runPath, { record, verdict, endedAtHostMs }, redactor);
  return verdict;
}

/**
 * Judges a run whose writer is gone and writes verdict and reports beside what was recorded.
 * @throws RunError when the folder cannot be read or written.
 */
export function finishRun(runPath: string, ending: RunEnding): JudgedRun {
  endRun(runPath, ending);
  return renderFinished(runPath, ending);
}

export interface MergedEnding extends ReportOptions {
  /** Absent: it was where one of the parts was broken off. */
  readonly interrupted?: boolean;
  readonly reference?: Reference;
}

/**
 * Judges what `mergeRuns` made, over the facts of all its sources, and stores verdict and reports beside them. It is interrupted where one
 * of them was broken off, whatever the others say.
 * @param options - `reference`: what it is held against; absent: nothing.
 * @throws RunError when the folder cannot be written.
 */
export function judgeMerged(
  run: FinishedRun,
  budgets: Budgets | undefined,
  options: MergedEnding = {},
): JudgedRun {
  const { path, record, turns, findings, bounds } = run;
  const { sources = [] } = record;
  const { interrupted = sources.some(({ aborted }) => aborted) } = options;
  const verdict = judgeRun({
    turns,
    findings,
    budgets,
    subject: record,
    bounds,
    interrupted,
    ...(options.reference === undefined ? {} : { reference: options.reference }),
    ...soakOf(run),
  });
  const ends = sources.map(({ startedAtHostMs, endedAtHostMs = startedAtHostMs }) => endedAtHostMs);
  const endedAtHostMs = Math.max(...ends, ...turns.map((turn) => turn.record.endedAtHostMs));
  storeVerdict(path, { record, verdict, endedAtHostMs }, createRedactor(readEnvironment().secrets));
  return renderFinished(path, options);
}

/** It was rendered while it went on, which looks like one that was broken off, and has gone on since. */
function isOutdated({ aborted, verdict, turns }: FinishedRun): boolean {
  if (!aborted || verdict === undefined) return false;
  const judged = new Set(verdict.turns.map(({ turnId }) => turnId));
  return turns.some(({ record }) => !judged.has(record.turnId));
}

/**
 * Renders a run again from its folder alone. One whose writer never came to its end is ended first: judged as aborted unless
 * there is a verdict, and stored, so that its folder is as complete as any other.
 */
export function renderFinished(runPath: string, options: ReportOptions = {}): JudgedRun {
  const stored = readRun(runPath);
  const { record, turns, findings, bounds, events } = stored;
  const known = isOutdated(stored) ? undefined : stored.verdict;
  const verdict =
    known ??
    judgeRun({
      turns,
      findings,
      budgets: undefined,
      bounds,
      interrupted: stored.aborted,
      ...soakOf(stored),
    });
  if (known === undefined || record.endedAtHostMs === undefined) {
    // The last instant that was recorded: the clock of that machine may have started anew since.
    const endedAtHostMs = events.reduce(
      (last, event) => Math.max(last, event.hostAtMs ?? 0),
      record.startedAtHostMs,
    );
    storeVerdict(runPath, { record, verdict, endedAtHostMs }, createRedactor(readEnvironment().secrets));
  }
  const run = { ...readRun(runPath), verdict };
  return { run, verdict, reports: writeReports(run, options) };
}
