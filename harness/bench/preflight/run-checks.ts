import type { Cancel, Clock } from '../../ports';
import {
  fail,
  failureOf,
  warn,
  type Check,
  type CheckContext,
  type CheckReport,
  type CheckResult,
} from './check';

export interface RunChecksOptions {
  readonly checks: readonly Check[];
  readonly context: Omit<CheckContext, 'signal'>;
  /** Ends all checks at once. */
  readonly signal: AbortSignal;
  /** All checks together have so long; what has not begun by then is not looked at. Default: each has its own limit. */
  readonly withinMs?: number;
  /** Told of each check as it ends. */
  readonly onReport?: (report: CheckReport) => void;
}

/**
 * Runs checks side by side, but one after the other where they use the same part, in the order of the list, and none whose needs have
 * failed. A check that throws has failed, and so has one that takes too long, by itself or for all of them together; what it was doing is
 * left behind. One whose turn did not come by then is a warning that says so.
 * @returns One report for each check, in the order of the list.
 */
export async function runChecks(options: RunChecksOptions): Promise<readonly CheckReport[]> {
  const { checks, signal, withinMs } = options;
  const { clock } = options.context;
  const all = new Time(clock, withinMs);
  const running = new Map<string, Promise<CheckReport>>();
  const lastUser = new Map<string, Promise<unknown>>();
  for (const check of checks) {
    const needed = check.needs.flatMap((id) => running.get(id) ?? []);
    const before = check.uses.flatMap((part) => lastUser.get(part) ?? []);
    const report = Promise.all([Promise.all(needed), ...before]).then(async ([reports]) => {
      const startedAtMs = clock.nowMs();
      const broken = reports.find(isBroken);
      const result = all.isOver
        ? all.notReached(check)
        : broken === undefined
          ? await all.spentOn(check, () => runOne(check, options, all))
          : notLookedAt(broken);
      return reportOf(check, result, clock.nowMs() - startedAtMs);
    });
    running.set(check.id, report);
    for (const part of check.uses) lastUser.set(part, report);
    report.then((ended) => options.onReport?.(ended)).catch(() => undefined); // An end by a person rejects for everybody, below.
  }
  const reports = Promise.all(running.values());
  try {
    return await Promise.race([reports, rejection(signal)]);
  } finally {
    all.end();
  }
}

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

/** The time that all checks have together, and who has it. */
class Time {
  private readonly over = new AbortController();
  private readonly running = new Set<string>();
  private runningAtTheEnd: readonly string[] = [];
  readonly end: Cancel;

  constructor(
    clock: Clock,
    private readonly withinMs: number | undefined,
  ) {
    this.end =
      withinMs === undefined
        ? () => undefined
        : clock.after(withinMs, () => {
            this.runningAtTheEnd = [...this.running];
            this.over.abort();
          });
  }

  get signal(): AbortSignal {
    return this.over.signal;
  }

  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  async spentOn<T>({ id }: Check, work: () => Promise<T>): Promise<T> {
    this.running.add(id);
    try {
      return await work();
    } finally {
      this.running.delete(id);
    }
  }

  /** It was running when the time was over. */
  cutOff({ id, remedy }: Check, tookMs: number): CheckResult {
    return fail(
      `it was not through after ${seconds(tookMs)}, when the ${this.words} of all checks were over`,
      {
        remedy: `${remedy} Or give it more time: --within 60, or --only ${id}.`,
      },
    );
  }

  /** Nothing is known of it, good or bad. */
  notReached({ id }: Check): CheckResult {
    return warn(
      `not reached: after ${this.words} ${this.runningAtTheEnd.join(', ')} had not come to an end`,
      {
        remedy: `Mend what failed ahead of it, or give it more time: --within 60, or --only ${id}.`,
      },
    );
  }

  private get words(): string {
    return seconds(this.withinMs ?? 0);
  }
}

/** It failed, or was not looked at since something ahead of it had failed. */
const isBroken = (report: CheckReport): boolean =>
  report.state === 'fail' || (report.state === 'skipped' && report.because !== undefined);

function notLookedAt(broken: CheckReport): CheckResult {
  const root = broken.state === 'skipped' ? (broken.because ?? broken.id) : broken.id;
  return { state: 'skipped', seen: `not looked at, since ${root} failed`, because: root };
}

function reportOf(check: Check, result: CheckResult, tookMs: number): CheckReport {
  const { id, title, group, expected, remedy } = check;
  const about = { id, title, group, expected, tookMs };
  return result.state === 'ok' || result.state === 'skipped'
    ? { ...about, ...result }
    : { ...about, remedy, ...result };
}

async function runOne(check: Check, { context, signal }: RunChecksOptions, all: Time): Promise<CheckResult> {
  const { clock } = context;
  const startedAtMs = clock.nowMs();
  const late = new AbortController();
  const withinMs =
    typeof check.withinMs === 'number' ? check.withinMs : check.withinMs(context.parts.boardConfig);
  const cancelDeadline = clock.after(withinMs, () => late.abort());
  const ends = AbortSignal.any([signal, late.signal, all.signal]);
  try {
    return await Promise.race([check.run({ ...context, signal: ends }), rejection(ends)]);
  } catch (thrown) {
    if (late.signal.aborted)
      return fail(`it was not through after ${withinMs / 1000} s`, {
        remedy: `${check.remedy} What hangs here is what this check opens or waits for.`,
      });
    if (signal.aborted) throw thrown;
    return all.isOver ? all.cutOff(check, clock.nowMs() - startedAtMs) : failureOf(thrown);
  } finally {
    cancelDeadline();
  }
}

const rejection = (signal: AbortSignal): Promise<never> => {
  const aborted = new Promise<never>((_, reject) => {
    const end = (): void => reject(new DOMException('ended', 'AbortError'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  aborted.catch(() => undefined); // It is raced, and may come after the race was won.
  return aborted;
};
