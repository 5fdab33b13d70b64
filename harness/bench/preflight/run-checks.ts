import { fail, failureOf, type Check, type CheckContext, type CheckReport, type CheckResult } from './check';

export interface RunChecksOptions {
  readonly checks: readonly Check[];
  readonly context: Omit<CheckContext, 'signal'>;
  /** Ends all checks at once. */
  readonly signal: AbortSignal;
  /** Told of each check as it ends. */
  readonly onReport?: (report: CheckReport) => void;
}

/**
 * Runs checks side by side, but one after the other where they use the same part, in the order of the list, and none whose needs have
 * failed. A check that throws has failed, and so has one that takes too long; what it was doing is left behind.
 * @returns One report for each check, in the order of the list.
 */
export async function runChecks(options: RunChecksOptions): Promise<readonly CheckReport[]> {
  const { checks, signal } = options;
  const running = new Map<string, Promise<CheckReport>>();
  const lastUser = new Map<string, Promise<unknown>>();
  for (const check of checks) {
    const needed = check.needs.flatMap((id) => running.get(id) ?? []);
    const before = check.uses.flatMap((part) => lastUser.get(part) ?? []);
    const report = Promise.all([Promise.all(needed), ...before]).then(async ([reports]) => {
      const { clock } = options.context;
      const startedAtMs = clock.nowMs();
      const broken = reports.find(isBroken);
      const result = broken === undefined ? await runOne(check, options) : notLookedAt(broken);
      return reportOf(check, result, clock.nowMs() - startedAtMs);
    });
    running.set(check.id, report);
    for (const part of check.uses) lastUser.set(part, report);
    report.then((ended) => options.onReport?.(ended)).catch(() => undefined); // An end by a person rejects for everybody, below.
  }
  const reports = Promise.all(running.values());
  return Promise.race([reports, rejection(signal)]);
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

async function runOne(check: Check, { context, signal }: RunChecksOptions): Promise<CheckResult> {
  const late = new AbortController();
  const cancelDeadline = context.clock.after(check.withinMs, () => late.abort());
  const ends = AbortSignal.any([signal, late.signal]);
  try {
    return await Promise.race([check.run({ ...context, signal: ends }), rejection(ends)]);
  } catch (thrown) {
    if (late.signal.aborted)
      return fail(`it was not through after ${check.withinMs / 1000} s`, {
        remedy: `${check.remedy} What hangs here is what this check opens or waits for.`,
      });
    if (signal.aborted) throw thrown;
    return failureOf(thrown);
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
