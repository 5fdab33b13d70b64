import { virtualFaults, type OpenBench, type VirtualFault } from '../bench';
import type { FindingLog } from './finding-log';

/** Faults of the bench itself strike in this turn, so that some of the run is good. */
const FAULTY_TURN = 3;

/** Breaks what `--fault` says of the bench, once its turn has come. */
export function breakWhatIsDue(
  turn: number,
  faults: readonly VirtualFault[],
  bench: Pick<OpenBench, 'breakNow'>,
  findings: FindingLog,
): void {
  if (turn !== FAULTY_TURN) return;
  for (const fault of faults.filter((name) => virtualFaults[name] === 'bench')) {
    bench.breakNow(fault).catch((cause: unknown) => findings.recordThrown(cause));
  }
}
