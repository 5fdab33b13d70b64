import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readEnvironment } from '../../config';
import {
  githubAnnotations,
  gitlabCodeQuality,
  renderGate,
  renderJunit,
  renderMarkdown,
  type Language,
} from '../../report';
import {
  createRedactor,
  inOrder,
  joinRuns,
  readBaseline,
  readRun,
  referenceInTurns,
  referenceOf,
  soakOf,
  storeVerdict,
  toJsonText,
  writeVerdict,
  type FinishedRun,
} from '../../run';
import { judgeRun, type Reference } from '../../verdict';
import { DEFAULT_MARGIN_MS, type BaselineChoice } from '../command-table';
import { renderFinished } from '../finish-run';
import { namedRuns } from '../named-runs';
import { budgetsOfRun } from '../run-budgets';

export interface GateArguments {
  /** Empty: the latest below `reports`. */
  readonly runs: readonly string[];
  readonly budget: string | undefined;
  readonly baseline: BaselineChoice | undefined;
  readonly out: string | undefined;
  readonly reports: string;
  /** Of report.html, which is written anew with the verdict. Default: English. */
  readonly language?: Language | undefined;
  readonly json: boolean;
}

/** The other image's run, where this one was played in turns with it and both folders are still side by side. */
function inTurnsWith(run: FinishedRun): Reference | undefined {
  const { inTurnsWith: other } = run.record;
  if (other === undefined) return undefined;
  const { marginMs = DEFAULT_MARGIN_MS } = run.verdict?.comparison ?? {};
  return referenceInTurns(run, readRun(join(dirname(run.path), other)), { marginMs });
}

/**
 * Judges runs that were played, taken together, and writes the verdict where CI looks for it.
 * @returns Exit code of DESIGN section 8.
 * @throws RunError `HIL_BASELINE_*`, `HIL_RUN_*`; ConfigError for a budgets file.
 */
export function gateCommand(args: GateArguments): number {
  const { colour, ciServer, secrets } = readEnvironment();
  const redactor = createRedactor(secrets);
  const runs = namedRuns(args.runs, args.reports);
  const run = joinRuns(runs);
  const baseline =
    args.baseline === undefined
      ? inTurnsWith(run)
      : referenceOf(readBaseline(args.baseline.path), run, args.baseline);
  const verdict = judgeRun({
    turns: run.turns,
    findings: run.findings,
    bounds: run.bounds,
    budgets: budgetsOfRun(run, args.budget),
    subject: run.record,
    interrupted: run.aborted,
    ...soakOf(run),
    ...(baseline === undefined ? {} : { reference: baseline }),
  });

  const alone = runs.length === 1 && args.out === undefined;
  const out = alone ? run.path : (args.out ?? join(args.reports, `gate-${run.record.runId}`));
  mkdirSync(out, { recursive: true });
  const { outcome, exitCode, why } = verdict;
  const judged: FinishedRun = { ...run, record: { ...run.record, outcome, exitCode, why }, verdict };
  const summary = renderMarkdown(judged);
  if (alone) {
    const lastAtHostMs = Math.max(0, ...run.turns.map(({ record }) => record.endedAtHostMs));
    const endedAtHostMs = run.record.endedAtHostMs ?? lastAtHostMs;
    storeVerdict(out, { record: run.record, verdict, endedAtHostMs }, redactor);
    renderFinished(out, { language: args.language });
  } else {
    writeVerdict(out, verdict, redactor);
    writeFileSync(join(out, 'junit.xml'), renderJunit(judged));
    writeFileSync(join(out, 'summary.md'), summary);
  }
  if (ciServer.gitlab)
    writeFileSync(
      join(out, 'gl-code-quality-report.json'),
      gitlabCodeQuality(verdict, run.record.bench.path),
    );
  if (ciServer.githubSummaryPath !== undefined) appendFileSync(ciServer.githubSummaryPath, `${summary}\n`);

  if (args.json) {
    const { runId } = run.record;
    const runIds = inOrder(runs).map(({ record }) => record.runId);
    process.stdout.write(`${toJsonText({ ...verdict, schema: 'earshot/gate@1', runId, runIds, out }, 2)}\n`);
  } else {
    const colours = colour === 'always' || (colour === 'auto' && process.stdout.isTTY);
    process.stdout.write(renderGate(judged, verdict, { colours, written: join(out, 'verdict.json') }));
  }
  // Standard error is read for workflow commands as well, and leaves --json whole.
  if (ciServer.github) process.stderr.write(githubAnnotations(verdict));
  return exitCode;
}
