import type { Finding, LatencyBound } from '../../../ports';
import { judgeBoundOfTurns } from '../../../verdict';
import { installBridge, type SuiteBridge } from '../../suite-bridge';

/** What the suite's matchers told the bench in this test. */
export interface ToldToBench {
  readonly recorded: Omit<Finding, 'hostAtMs' | 'test'>[];
  readonly bounds: Pick<LatencyBound, 'measure' | 'quantile' | 'boundMs'>[];
}

/** Installs the bridge as the environment has it, without a host behind it; both lists begin empty in each test of the file. */
export function installRecordingBridge(): ToldToBench {
  const told: ToldToBench = { recorded: [], bounds: [] };
  const bridge: Partial<SuiteBridge> = {
    recordFinding: (finding) => void told.recorded.push(finding),
    judgeBound: (bound, turns) => {
      told.bounds.push(bound);
      return judgeBoundOfTurns(bound, turns);
    },
  };
  installBridge(globalThis, bridge as SuiteBridge);
  beforeEach(() => {
    told.recorded.length = 0;
    told.bounds.length = 0;
  });
  return told;
}
