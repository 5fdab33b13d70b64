import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isHilError } from '../../errors';
import type { SuiteLength } from '../../fleet';
import { readRun, type TestRecord } from '../../run';

/** The suite whose turns are as many as one wants, so that it can be cut. */
const CUT = 'latency';
/** Where nothing was measured yet: a suite of a few turns, and one turn of seconds with its rest. */
const DEFAULT_SUITE_MS = 40_000;
const DEFAULT_TURN_MS = 6_000;
/** What a suite is thought to ask of its provider then. */
const DEFAULT_SUITE_TURNS = Math.ceil(DEFAULT_SUITE_MS / DEFAULT_TURN_MS);
/** Newest runs that are looked at. */
const LOOKED_AT = 10;

export const suiteNameOf = (file: string): string => basename(file).replace(/\.hil\.[mc]?[jt]s$/, '');

/** A suite with how much it is thought to ask of its provider. */
export interface AskingSuite extends SuiteLength {
  /** Turns. */
  readonly asks: number;
}

/** What suites took in one run: of the suite that can be cut, a turn. */
function lengthsIn(
  tests: readonly TestRecord[],
): ReadonlyMap<string, { readonly ms: number; readonly turns: number }> {
  const sums = new Map<string, { ms: number; turns: number }>();
  for (const { file, durationMs, status, turnIds } of tests) {
    if (status === 'skipped') continue;
    const sum = sums.get(suiteNameOf(file)) ?? { ms: 0, turns: 0 };
    sums.set(suiteNameOf(file), { ms: sum.ms + durationMs, turns: sum.turns + turnIds.length });
  }
  return new Map(
    [...sums].map(([suite, { ms, turns }]) => [
      suite,
      { ms: suite === CUT ? ms / Math.max(1, turns) : ms, turns },
    ]),
  );
}

function recentRuns(folder: string): readonly (readonly TestRecord[])[] {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'run.json')))
    .sort()
    .slice(-LOOKED_AT);
  return paths.flatMap((path) => {
    try {
      return [readRun(path).tests];
    } catch (error) {
      // A damaged run tells no lengths; whoever reports it says so.
      if (isHilError(error)) return [];
      throw error;
    }
  });
}

const median = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** How long suites take and how many turns they ask for, by what they did in the newest runs of a folder. */
export function suiteLengths(
  suites: readonly string[],
  turns: number,
  reportsPath: string,
): readonly AskingSuite[] {
  const runs = recentRuns(reportsPath).map(lengthsIn);
  return suites.map((suite) => {
    const found = runs.flatMap((lengths) => lengths.get(suite) ?? []);
    const measured = median(found.map(({ ms }) => ms));
    if (suite === CUT)
      return { suite, turns, expectedMs: turns * (measured ?? DEFAULT_TURN_MS), asks: turns };
    const asks = median(found.map((one) => one.turns)) ?? DEFAULT_SUITE_TURNS;
    return { suite, expectedMs: measured ?? DEFAULT_SUITE_MS, asks };
  });
}
