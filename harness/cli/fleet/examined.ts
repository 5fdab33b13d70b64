import type { BenchConfig, BoardConfig } from '../../config';
import type { Origin } from '../../errors';
import type { ChildLauncher, Clock } from '../../ports';
import { runChild } from './earshot-child';

/** Why a board is not to be given work. */
export interface Trouble {
  /** What was looked at. */
  readonly check: string;
  readonly reason: string;
  /** It will not pass by itself. */
  readonly isOfBench: boolean;
}

export interface ExaminedOptions {
  readonly config: BenchConfig;
  readonly board: BoardConfig;
  readonly reportsPath: string;
  readonly launch: ChildLauncher;
  readonly clock: Clock;
}

interface Check {
  readonly id: string;
  readonly state: string;
  readonly seen?: string;
  readonly origin?: Origin;
}

const WITHIN_S = 30;
/** As the doctor words it of a check that took too long. */
const OUT_OF_TIME = /^it was not through after /;

/**
 * Has the doctor look at a board and all around it. What the board itself does wrong may be its firmware's doing, which is what units are
 * for: that is no reason.
 * @returns Undefined: there is nothing against it.
 */
export async function examined(options: ExaminedOptions): Promise<Trouble | undefined> {
  const { config, board, reportsPath } = options;
  const command = ['doctor', '--bench', config.path, '--board', board.name, '--reset', '--json'];
  const { stdout, tail } = await runChild(
    [...command, '--within', String(WITHIN_S), '--reports', reportsPath],
    {
      ...options,
      signal: new AbortController().signal,
    },
  );
  const checks = checksOf(stdout);
  if (checks === undefined)
    return { check: 'doctor', reason: `the doctor ended without a result: ${tail}`, isOfBench: false };
  const failed = checks.filter(({ state, origin }) => state === 'fail' && origin !== 'board');
  const [first] = failed;
  if (first === undefined) return undefined;
  const { id, seen = 'failed' } = first;
  // Somebody has it just now, the provider is not there, or the machine is too busy to find out: that passes.
  const willPass = id === 'lock' || first.origin === 'provider' || OUT_OF_TIME.test(seen);
  return { check: id, reason: `${id}: ${seen}`, isOfBench: !willPass };
}

function checksOf(stdout: string): readonly Check[] | undefined {
  try {
    return (JSON.parse(stdout) as { readonly checks: readonly Check[] }).checks;
  } catch {
    return undefined;
  }
}
