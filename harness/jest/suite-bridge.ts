import type { BenchDescription, HostMethod, HostMethods, TextTurnResult, TurnResult } from '../host';
import type { Finding, LatencyBound } from '../ports';
import type { BudgetResult } from '../verdict';

/** What the environment, outside the sandbox, puts at the hand of the suites inside it. */
export interface SuiteBridge {
  readonly bench: BenchDescription;
  call<M extends HostMethod>(method: M, params: HostMethods[M]['params']): Promise<HostMethods[M]['result']>;
  /** Sends a finding at once; it is with the host before the test counts as over. */
  recordFinding(finding: Omit<Finding, 'hostAtMs' | 'test'>): void;
  /** Says what the turns say of a bound, and sends it to the host, which judges it with the budgets of the run. */
  judgeBound(
    bound: Pick<LatencyBound, 'measure' | 'quantile' | 'boundMs'>,
    turns: readonly (TurnResult | TextTurnResult)[],
  ): BudgetResult;
}

const BRIDGE = '__earshot__';

/** Puts the bridge into a sandbox's globals. */
export function installBridge(sandbox: object, bridge: SuiteBridge): void {
  Object.defineProperty(sandbox, BRIDGE, { value: bridge, enumerable: false });
}

/**
 * The bridge of the sandbox that this code runs in.
 * @throws Error when the suite does not run in Earshot's environment.
 */
export function suiteBridge(): SuiteBridge {
  const bridge = (globalThis as { [BRIDGE]?: SuiteBridge })[BRIDGE];
  if (bridge === undefined) {
    throw new Error(
      'This suite needs a bench: run it with `earshot run --suite FILE`, or with a Jest project whose testEnvironment is Earshot’s.',
    );
  }
  return bridge;
}
