import type { BenchConfig } from '../../config';
import { HilError } from '../../errors';
import type { Clock } from '../../ports';
import type { RigCheckLine } from '../../rig';
import type { BenchParts } from '../bench-parts';
import type { Check, CheckReport } from './check';
import { allChecks } from './checks';
import { thisMachine, type Machine } from './machine';
import { lookAtRig } from './rig-lines';
import { runChecks } from './run-checks';

export interface PreflightOptions {
  readonly config: BenchConfig;
  /** Open already. */
  readonly parts: BenchParts;
  readonly reportsPath: string;
  readonly clock: Clock;
  /**
   * It has been flown in this run: only what costs next to nothing is looked at again, and the sound unless turns have shown it since.
   * Default: it is the first.
   */
  readonly again?: { readonly isSoundShown: boolean };
  /** Default: the one that this program runs on. */
  readonly machine?: Machine;
}

/** True when a preflight has played something: what a board made of that is no answer to anybody. */
export const hasPlayed = (reports: readonly CheckReport[]): boolean =>
  reports.some(({ id, state }) => id === 'loopback' && state !== 'skipped');

/**
 * The bench proves its own parts, before the board is asked anything: what is wrong here is never the board's. A rig with a sound card
 * plays 3 s of noise; a virtual one has no cables, and is left alone.
 * @returns One report for each check of the short form.
 */
export async function preflight(options: PreflightOptions): Promise<readonly CheckReport[]> {
  const { config, parts, reportsPath, clock, again, machine = thisMachine } = options;
  const { signal } = new AbortController();
  const rig = await parts.rig();
  const isVirtual = rig === undefined || rig.topology === 'virtual';
  const isDue = ({ group, beforeSuites }: Check): boolean =>
    again === undefined || beforeSuites === true || (group === 'sound' && !again.isSoundShown);
  const checks = allChecks.filter(
    (check) => check.beforeRuns === true && !(isVirtual && check.group === 'sound') && isDue(check),
  );
  const { playbackGainDb } = config.turn;
  const sound = lookTwice(() => lookAtRig(parts, playbackGainDb, signal)());
  return runChecks({
    checks,
    signal,
    context: {
      config,
      parts,
      machine,
      clock,
      reportsPath,
      mayReset: false,
      sound,
      talk: () => Promise.reject(new Error('The short form says nothing to the board.')),
    },
  });
}

/**
 * A machine that was busy for a moment loses sound once, for which a take would be repeated: what a second look does not see is no reason
 * to end a run.
 */
function lookTwice(look: () => Promise<readonly RigCheckLine[]>): () => Promise<readonly RigCheckLine[]> {
  let lines: Promise<readonly RigCheckLine[]> | undefined;
  const looked = async (): Promise<readonly RigCheckLine[]> => {
    const first = await look();
    return first.some(({ status }) => status === 'fail') ? look() : first;
  };
  return () => (lines ??= looked());
}

/** The one error that ends a run whose bench did not prove itself; undefined: it did. */
export function preflightFailure(bench: string, reports: readonly CheckReport[]): HilError | undefined {
  const failed = reports.filter(({ state }) => state === 'fail');
  if (failed.length === 0) return undefined;
  const what = failed.map(({ id, seen }) => `${id}: ${seen}`).join('; ');
  return new HilError('HIL_BENCH_PREFLIGHT', `Bench ${bench} is not ready for a run: ${what}.`, {
    bench,
    checks: failed,
  });
}
