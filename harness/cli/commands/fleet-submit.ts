import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../errors';
import {
  mergeOf,
  needsFor,
  splitSuites,
  type BundleStore,
  type JobOrder,
  type JobRecord,
  type PieceOrder,
  type Priority,
} from '../../fleet';
import type { Language } from '../../report';
import { systemClock, type Cancel } from '../../ports';
import { colourTable } from '../colours';
import { exitCodes } from '../exit-codes';
import { putFirmware } from '../fleet/firmware-folder';
import { openBundles, openFleet, type FleetLink, type FleetPlace } from '../fleet/fleet-link';
import { followJob, jobCalled } from '../fleet/follow-job';
import { isPlayed, mergeJob, verdictOf } from '../fleet/merge-job';
import { fetchMerged, mergedBundleOf } from '../fleet/merged-run';
import { orderAgain, withChores } from '../fleet/job-order';
import { chooseSuites, isOwnSuite, putSuites } from '../fleet/own-suites';
import { pricedBy } from '../fleet/prices';
import { suiteLengths } from '../fleet/suite-lengths';
import { printSummary } from '../print-summary';
import { onEndingSignal } from '../run-signals';

/** What a job that ends is made of it. */
export interface FollowArguments extends FleetPlace {
  readonly bundles: string;
  readonly reports: string;
  /** Undefined: what the bench files name. */
  readonly budget: string | undefined;
  /** Of report.html. */
  readonly language: Language;
  readonly json: boolean;
}

export interface FleetSubmitArguments extends FollowArguments {
  /** Build folder or image; undefined: whatever the boards run. */
  readonly firmware: string | undefined;
  readonly suite: readonly string[];
  readonly turns: number;
  /** `MODEL:COUNT`; undefined: two of the only model that there is. */
  readonly boards: string | undefined;
  readonly provider: string;
  readonly rig: string | undefined;
  readonly promptLanguage: string | undefined;
  readonly priority: Priority;
  /** Recipe that firmware is built by first; undefined: it is not built. */
  readonly build: string | undefined;
  /** Folder of what is built. */
  readonly source: string | undefined;
  /** Time that nothing is played before, as ISO 8601; undefined: at once. */
  readonly at: string | undefined;
  /** Leave as soon as the job is in the queue: the fleet merges what it plays. */
  readonly detach: boolean;
}

/** What is tested where no firmware was named. */
const AS_FOUND = 'as-found';
const DEFAULT_BOARDS = 2;

/** What is told on the way; `--json` has standard output to itself. */
const saying =
  (json: boolean) =>
  (text: string): void =>
    void (json ? process.stderr : process.stdout).write(`${text}\n`);

/** `korvo2:2`, `korvo2` or `:2`. */
function boardsIn(written: string | undefined): { readonly model?: string; readonly count: number } {
  const [model = '', count = String(DEFAULT_BOARDS), ...rest] = (written ?? '').split(':');
  if (rest.length > 0 || !/^[1-9]\d{0,3}$/.test(count))
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `--boards takes MODEL:COUNT such as korvo2:2, not "${written}".`,
    );
  return { ...(model === '' ? {} : { model }), count: Number(count) };
}

async function orderOf(
  args: FleetSubmitArguments,
  { queue, roll }: FleetLink,
  bundles: BundleStore,
  say: (text: string) => void,
): Promise<JobOrder> {
  const { provider, rig, turns, reports, priority } = args;
  const { suites, folder } = chooseSuites(args.suite);
  const notBeforeMs = args.at === undefined ? undefined : timeOf(args.at);
  const benches = await roll.benches();
  const { count, ...model } = boardsIn(args.boards);
  const own = folder === undefined ? undefined : await putSuites(folder, bundles);
  const { suites: way, ...needs } = needsFor(benches, {
    provider,
    ...model,
    ...(rig === undefined ? {} : { rig }),
    ...(args.promptLanguage === undefined ? {} : { language: args.promptLanguage }),
    ...(own === undefined ? {} : { suites: own.sha256 }),
  });
  const firmware = args.firmware === undefined ? undefined : await putFirmware(args.firmware, bundles);
  const lengths = suiteLengths(suites, turns, resolve(reports));
  const costOf = await pricedBy(queue, needs.provider, lengths);
  const pieces = splitSuites(lengths).map((share): PieceOrder => ({
    ...(own !== undefined && way !== undefined && share.suites.some(isOwnSuite)
      ? { needs: { ...needs, suites: way }, own }
      : { needs }),
    // Of whatever has as many turns as one wants; of the suite that is cut, its share.
    turns,
    ...share,
    ...costOf(share),
    ...(firmware === undefined ? {} : { firmware }),
  }));
  return withChores(
    {
      priority,
      firmwareSha256: firmware?.sha256 ?? AS_FOUND,
      boards: count,
      pieces,
      ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    },
    args,
    { benches, bundles, say },
  );
}

/** @throws ConfigError `HIL_CONFIG_USAGE`. */
function timeOf(written: string): number {
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(written) ? Date.parse(written) : NaN;
  if (!Number.isNaN(atMs)) return atMs;
  const message = `--at takes a time such as 2026-11-23T02:00 (of this machine) or 2026-11-23T02:00Z, not "${written}".`;
  throw new ConfigError('HIL_CONFIG_USAGE', message, { at: written });
}

/** Has a fleet test something, and judges what comes back as one run. @returns Exit code of DESIGN section 8. */
export function fleetSubmitCommand(args: FleetSubmitArguments): Promise<number> {
  return withFleet(args, async (fleet, bundles, say) => {
    const order = await orderOf(args, fleet, bundles, say);
    const { jobId, isOurs } = await submitted(order, fleet);
    if (!isOurs) say(`${jobId} is the same, and under way already: somebody else submitted it`);
    const { pieces, boards = 0 } = order;
    const longest = Math.ceil(pieces.reduce((sum, { expectedMs }) => sum + expectedMs, 0) / boards / 60_000);
    say(
      `${jobId}: ${pieces.length} ${pieces.length === 1 ? 'unit' : 'units'} for ${boards} ${boards === 1 ? 'board' : 'boards'}, about ${longest} min once they begin`,
    );
    return args.detach ? leave(jobId, args.json, say) : follow({ jobId, isOurs }, args, fleet, bundles, say);
  });
}

/** @returns Whose job it is: one that is the same and under way already is that of whoever submitted it first. */
async function submitted(
  order: JobOrder,
  { queue }: FleetLink,
): Promise<{ readonly jobId: string; readonly isOurs: boolean }> {
  const before = await queue.status();
  const jobId = await queue.submit(order);
  return { jobId, isOurs: !before.some((job) => job.jobId === jobId) };
}

/** The job goes on without anybody waiting. */
function leave(jobId: string, json: boolean, say: (text: string) => void): number {
  if (json) process.stdout.write(`${JSON.stringify({ schema: 'earshot/fleet-job@1', jobId }, null, 2)}\n`);
  else say(`earshot fleet watch ${jobId} waits for it`);
  return exitCodes.passed;
}

/** Waits for a job that somebody submitted. @returns Exit code of DESIGN section 8. */
export function fleetWatchCommand(jobId: string, args: FollowArguments): Promise<number> {
  return withFleet(args, (fleet, bundles, say) =>
    follow({ jobId, isOurs: false }, args, fleet, bundles, say),
  );
}

/** Has played again what no board could. @returns Exit code of DESIGN section 8. */
export function fleetRetryCommand(
  jobId: string,
  args: FollowArguments & { readonly detach: boolean },
): Promise<number> {
  return withFleet(args, async (fleet, bundles, say) => {
    const [job, benches] = await Promise.all([jobCalled(jobId, fleet.queue), fleet.roll.benches()]);
    const order = await orderAgain(job, args, { benches, bundles, say });
    const again = await submitted(order, fleet);
    say(`${again.jobId} plays what ${jobId} could not`);
    return args.detach ? leave(again.jobId, args.json, say) : follow(again, args, fleet, bundles, say);
  });
}

async function withFleet(
  args: FollowArguments,
  work: (fleet: FleetLink, bundles: BundleStore, say: (text: string) => void) => Promise<number>,
): Promise<number> {
  const say = saying(args.json);
  const bundles = openBundles(args.bundles);
  const fleet = await openFleet(args, say);
  try {
    return await work(fleet, bundles, say);
  } finally {
    await fleet.close();
    await bundles.close();
  }
}

/** Budgets of whoever waits hold for a run that the fleet merged without any: it was ordered by somebody else as well. */
const isJudgedHere = ({ order }: JobRecord, budget: string | undefined): boolean => {
  const chore = mergeOf(order)?.chore;
  return budget !== undefined && chore?.kind === 'merge' && chore.budgets === undefined;
};

/** A second wish to end waits so long for the first to be carried out: what is cancelled in part only is no end. */
const CANCELLED_WITHIN_MS = 5_000;

/**
 * Waits for a job until it is over, or this program is to end: that cancels a job of its own, and leaves somebody else's to itself.
 * @returns Undefined: it is left to itself.
 */
async function untilOver(
  { jobId, isOurs }: { readonly jobId: string; readonly isOurs: boolean },
  { queue, roll }: FleetLink,
  say: (text: string) => void,
): Promise<JobRecord | undefined> {
  let cancelling: Promise<void> | undefined;
  let patience: Cancel = () => undefined;
  let left: () => void = () => undefined;
  const leaving = new Promise<undefined>((resolve) => (left = () => resolve(undefined)));
  const stopHearing = onEndingSignal(() => {
    if (!isOurs) {
      say(`Interrupted: ${jobId} goes on; earshot fleet cancel ${jobId} ends it.`);
      left();
    } else if (cancelling === undefined) {
      say(`Interrupted: ${jobId} is cancelled (once more to stop at once).`);
      cancelling = queue.cancel(jobId).catch((error: unknown) => say(String(error)));
    } else {
      patience = systemClock.after(CANCELLED_WITHIN_MS, left);
      void cancelling.then(left);
    }
  });
  try {
    // Who is left goes on asking until the connection is closed.
    return await Promise.race([followJob({ jobId, queue, roll, clock: systemClock, say }), leaving]);
  } finally {
    patience();
    stopHearing();
  }
}

async function follow(
  job: { readonly jobId: string; readonly isOurs: boolean },
  args: FollowArguments,
  fleet: FleetLink,
  bundles: BundleStore,
  say: (text: string) => void,
): Promise<number> {
  const { queue, verdicts } = fleet;
  const over = await untilOver(job, fleet, say);
  if (over === undefined) return exitCodes.interrupted;
  if (over.outcome.isCancelled && !isPlayed(over)) return exitCodes.interrupted;
  const { reports, ...rest } = args;
  const options = { ...rest, bundles, reportsPath: resolve(reports) };
  const merged = isJudgedHere(over, args.budget) ? undefined : mergedBundleOf(over);
  if (merged !== undefined) {
    const fetched = await fetchMerged(merged, options);
    if ('why' in fetched) say(fetched.why ?? '');
    if (!('run' in fetched)) return fetched.exitCode;
    printSummary(fetched, { json: args.json, colours: colourTable().isColorSupported });
    return fetched.verdict.exitCode;
  }
  const judged = await mergeJob({ ...options, job: over, queue });
  await verdicts.record(verdictOf(over, judged, pathToFileURL(judged.reports.html).href));
  printSummary(judged, { json: args.json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}
