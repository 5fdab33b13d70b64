import { isHilError, type ErrorCode, type Facts, type Origin } from '../../errors';
import type { BenchConfig, BoardConfig } from '../../config';
import type { Clock } from '../../ports';
import type { RigCheckLine } from '../../rig';
import type { BenchParts } from '../bench-parts';
import type { Machine } from './machine';
import type { Talk } from './talk';

/** What a check looks at; checks of one group stand together. */
export const checkGroups = ['serial', 'board', 'provider', 'sound', 'hearing', 'host'] as const;
export type CheckGroup = (typeof checkGroups)[number];

/** What only one check may use at a time. */
export type SharedPart = 'port' | 'rig' | 'session';

export type CheckResult =
  /** As it should be; `seen` is what was found. */
  | { readonly state: 'ok'; readonly seen: string; readonly facts?: Facts }
  /** Not looked at, and why. `because`: the check that failed ahead of it; absent: there is nothing to look at. */
  | { readonly state: 'skipped'; readonly seen: string; readonly because?: string }
  | ({ readonly state: 'warn' | 'fail' } & Complaint);

/** Something that is not as it should be. */
export interface Complaint {
  readonly seen: string;
  /** Default: what the check expects. */
  readonly expected?: string;
  /** Default: the check's own. */
  readonly remedy?: string;
  /** Whose fault it is, as far as is known. A board is named only where a witness shows that the bench did its part. */
  readonly origin: Origin;
  readonly code?: ErrorCode;
  readonly facts?: Facts;
}

export const ok = (seen: string, facts?: Facts): CheckResult => ({
  state: 'ok',
  seen,
  ...(facts === undefined ? {} : { facts }),
});
export const skipped = (seen: string): CheckResult => ({ state: 'skipped', seen });
export const warn = (seen: string, more: Partial<Complaint> = {}): CheckResult => ({
  state: 'warn',
  seen,
  origin: 'bench',
  ...more,
});
export const fail = (seen: string, more: Partial<Complaint> = {}): CheckResult => ({
  state: 'fail',
  seen,
  origin: 'bench',
  ...more,
});

/** The words of what was thrown; another realm's errors are no `Error` here. */
export const messageOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown
    ? String(thrown.message)
    : String(thrown);

/** What was thrown as a result: with its own remedy and origin where it is ours. */
export const failureOf = (thrown: unknown): CheckResult =>
  isHilError(thrown)
    ? fail(thrown.message, {
        origin: thrown.origin,
        remedy: thrown.remedy,
        code: thrown.code,
        facts: thrown.facts,
      })
    : fail(messageOf(thrown), {
        origin: 'harness',
        code: 'HIL_HARNESS_UNEXPECTED',
        remedy: 'Report this with the message above.',
      });

/** What checks are run on. */
export interface CheckContext {
  readonly config: BenchConfig;
  readonly parts: BenchParts;
  readonly machine: Machine;
  readonly clock: Clock;
  /** Folder that runs are written to; it need not exist. */
  readonly reportsPath: string;
  /** The board may be reset: whatever it does is interrupted. Virtual boards always may. */
  readonly mayReset: boolean;
  /** One short look at the rig, once for all checks that tell of it. */
  readonly sound: () => Promise<readonly RigCheckLine[]>;
  /** One short prompt said to the board, once for all checks that judge what came of it. */
  readonly talk: () => Promise<Talk>;
  /** Aborts when the check is over its time, or a person has ended the doctor. */
  readonly signal: AbortSignal;
}

/** One thing that has to hold for a bench to be trusted. It measures and tells; it never prints. */
export interface Check {
  /** Short, unique, and stable: scripts select and read by it. */
  readonly id: string;
  readonly title: string;
  readonly group: CheckGroup;
  /** What holds on a whole bench. */
  readonly expected: string;
  /** What a person at the bench does when it does not, as far as that can be said beforehand. */
  readonly remedy: string;
  /** Checks that must not have failed, or there is nothing to look at. */
  readonly needs: readonly string[];
  readonly uses: readonly SharedPart[];
  /** A check that takes longer has failed. */
  readonly withinMs: number | ((board: BoardConfig) => number);
  /** Part of the short form that comes before each run: proves the bench's own parts only. */
  readonly beforeRuns?: true;
  /** Part of what comes before each suite as well: it costs next to nothing, and nothing that was played shows it. */
  readonly beforeSuites?: true;
  readonly run: (context: CheckContext) => Promise<CheckResult>;
}

/** A finished check. */
export type CheckReport = CheckResult &
  Pick<Check, 'id' | 'title' | 'group' | 'expected'> & {
    readonly tookMs: number;
    /** Of a warning and a failure. */
    readonly remedy?: string;
  };
