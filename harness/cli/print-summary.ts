import type { JudgedRun } from './finish-run';
import { quarantineNotes, renderConsole } from '../report';
import { toJsonText } from '../run';

/** Prints a judged run: the table for a person, or one JSON object for a script. */
export function printSummary(
  { run, verdict, reports }: JudgedRun,
  { json, colours }: { readonly json: boolean; readonly colours: boolean },
): void {
  if (json) {
    const { outcome, exitCode, why, turns, findings, budgets, distributions, selfCheck, ...more } = verdict;
    const summary = {
      schema: 'earshot/run-summary@1',
      runId: run.record.runId,
      runPath: run.path,
      reports,
      outcome,
      exitCode,
      why,
      ...(run.record.quarantined === undefined ? {} : { quarantined: run.record.quarantined }),
      turns,
      findings,
      budgets,
      distributions,
      distributionsByKind: more.distributionsByKind,
      topology: more.topology,
      comparison: more.comparison,
      selfCheck,
    };
    process.stdout.write(`${toJsonText(summary, 2)}\n`);
    return;
  }
  for (const note of quarantineNotes(run)) process.stdout.write(`\n${note}\n`);
  process.stdout.write(`\n${renderConsole(run, { colours, reportPath: reports.html })}\n`);
}
