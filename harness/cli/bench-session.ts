import { ConfigError, HilError, isHilError, originOf, toWireError } from '../errors';
import {
  HostFailure,
  launchHost,
  newRpcAddress,
  type HostInit,
  type HostMessage,
  type HostProcess,
} from '../host';
import { systemClock, type Finding } from '../ports';
import { loadBench, loadBudgets, readEnvironment, type Budgets, keepSecretsOf } from '../config';
import { launchChild } from './launch-child';
import { packageVersion } from './package-version';

/** What `earshot run` and plain Jest need to open a bench. */
export interface SessionOptions {
  readonly init: Omit<HostInit, 'rpcAddress' | 'earshotVersion' | 'secrets'>;
  readonly budgetsPath: string | undefined;
  readonly onMessage: (message: HostMessage) => void;
}

/** A host process with what its end has to be judged by. */
export interface BenchSession {
  readonly host: HostProcess;
  readonly budgets: Budgets | undefined;
}

/**
 * Reads what the verdict will need, then starts the host. What a person wrote wrong is thrown here, before any process.
 * @throws ConfigError.
 */
export function openSession({ init, budgetsPath, onMessage }: SessionOptions): BenchSession {
  const bench = loadBench(init.benchPath, init.overrides);
  keepSecretsOf(bench);
  const path = budgetsPath ?? bench.budgetsPath;
  const budgets = path === undefined ? undefined : loadBudgets(path);
  if (init.faults.length > 0 && bench.boards.some(({ kind }) => kind !== 'virtual')) {
    throw new ConfigError('HIL_CONFIG_USAGE', '--fault breaks virtual parts; this bench has a real board.');
  }
  const host = launchHost(
    launchChild,
    systemClock,
    {
      ...init,
      rpcAddress: newRpcAddress(),
      earshotVersion: packageVersion(),
      secrets: readEnvironment().secrets,
    },
    onMessage,
  );
  return { host, budgets };
}

/** An error as a finding of now. */
export function findingOf(error: unknown): Finding {
  const { code, message, facts } = toWireError(error);
  return { code, origin: originOf(error), message, facts, hostAtMs: systemClock.nowMs() };
}

/** Findings that say why a host did not open or did not live; none when the host recorded it itself. */
export const findingsOfHost = (error: unknown): Finding[] =>
  error instanceof HostFailure ? [] : [findingOf(error)];

/** An error as this process would have thrown it. */
export const asHilError = (error: unknown): HilError =>
  isHilError(error) ? error : new HilError('HIL_HARNESS_UNEXPECTED', String(error), {}, { cause: error });
