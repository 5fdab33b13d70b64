import type { CheckReport } from '../../bench';
import type { Origin } from '../../errors';
import { exitCodes, type ExitCode } from '../exit-codes';

/** What outweighs what: a bench that is wrong accuses nobody, so a board comes last. */
const byWeight: readonly (readonly [Origin, ExitCode])[] = [
  ['config', exitCodes.usage],
  ['bench', exitCodes.benchFault],
  ['harness', exitCodes.benchFault],
  ['provider', exitCodes.providerFault],
  ['board', exitCodes.boardFailed],
];

/** Exit code of a doctor that came to its end: 0 unless something failed. Warnings do not count. */
export function exitCodeOfChecks(reports: readonly CheckReport[]): ExitCode {
  const origins = new Set(reports.flatMap((report) => (report.state === 'fail' ? [report.origin] : [])));
  return byWeight.find(([origin]) => origins.has(origin))?.[1] ?? exitCodes.passed;
}
