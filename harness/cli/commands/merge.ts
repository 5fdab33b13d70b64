import { rmSync } from 'node:fs';
import type { Language } from '../../report';
import { mergeRuns } from '../../run';
import { colourTable } from '../colours';
import { judgeMerged, type JudgedRun } from '../finish-run';
import { printSummary } from '../print-summary';
import { budgetsOfRun } from '../run-budgets';

export interface MergeArguments {
  readonly runs: readonly string[];
  readonly out: string;
  /** Undefined: what the bench files of all runs name. */
  readonly budget: string | undefined;
  /** Of report.html. Default: English. */
  readonly language?: Language | undefined;
  readonly json: boolean;
}

/**
 * Makes one run of several, judges what all of them found together and writes its reports.
 * @returns Exit code of DESIGN section 8.
 * @throws RunError `HIL_RUN_UNMERGEABLE` and what `readRun` throws; ConfigError for a budgets file. Nothing is left in `out` then.
 */
export function mergeCommand({ runs, out, budget, language, json }: MergeArguments): number {
  const run = mergeRuns({ runs, out });
  let judged: JudgedRun;
  try {
    judged = judgeMerged(run, budgetsOfRun(run, budget), { language });
  } catch (error) {
    rmSync(run.path, { recursive: true, force: true });
    throw error;
  }
  printSummary(judged, { json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}
