import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError } from '../../errors';
import {
  placeOf,
  type BookedVerdict,
  type BundleStore,
  type FleetQueue,
  type JobRecord,
  type PieceOutcome,
} from '../../fleet';
import type { Language } from '../../report';
import { addFindings, createRedactor, mergeRuns, readRun, writeLatest, type FinishedRun } from '../../run';
import { readEnvironment } from '../../config';
import { findingOf } from '../bench-session';
import { judgeMerged, type JudgedRun } from '../finish-run';
import { budgetsOfRun } from '../run-budgets';

/** Where the run folders of units are, of which one merged run is made: beside it they would count twice. */
export const UNITS = 'units';
/** Bundles that are fetched at once. */
const FETCHED_AT_ONCE = 4;

export interface MergeJobOptions {
  readonly job: JobRecord;
  readonly queue: Pick<FleetQueue, 'job'>;
  readonly bundles: Pick<BundleStore, 'fetch'>;
  readonly reportsPath: string;
  /** Undefined: what the bench files name, where they are on this machine. */
  readonly budget: string | undefined;
  readonly language: Language;
}

type Delivered = Extract<PieceOutcome, { readonly bundle: unknown }>;
type Missing = Exclude<PieceOutcome, Delivered>;
const isDelivered = (piece: PieceOutcome): piece is Delivered => 'bundle' in piece;

/** Whether a piece was a board's: what was built and merged is no part of a run. */
const isOfBoard = ({ order }: JobRecord, { piece }: PieceOutcome): boolean =>
  order.pieces[placeOf(piece)]?.chore === undefined;

/** Whether a board has played any of a job. */
export const isPlayed = (job: JobRecord): boolean =>
  job.outcome.pieces.some((piece) => isDelivered(piece) && isOfBoard(job, piece));

/** What a job and those that it continues came to: of each piece the bundle, whichever of the jobs it came in. */
async function piecesOf(job: JobRecord, queue: Pick<FleetQueue, 'job'>): Promise<readonly PieceOutcome[]> {
  const { continues } = job.order;
  const before = continues === undefined ? undefined : await queue.job(continues);
  const earlier = before === undefined ? [] : await piecesOf(before, queue);
  const played = job.outcome.pieces.filter((piece) => isOfBoard(job, piece));
  return [...earlier.filter(isDelivered), ...played];
}

async function fetched(
  pieces: readonly Delivered[],
  { bundles, ...options }: MergeJobOptions,
): Promise<string[]> {
  const below = join(options.reportsPath, UNITS, options.job.jobId);
  rmSync(below, { recursive: true, force: true });
  const waiting = [...pieces.entries()];
  const paths: string[] = [];
  const fetchSome = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { bundle }] = next;
      const path = join(below, String(index));
      await bundles.fetch(bundle, path);
      paths[index] = path;
    }
  };
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, fetchSome));
  return paths;
}

const missingInWords = (missing: readonly Missing[], job: JobRecord): FleetError[] =>
  missing.map(({ piece, attempts, missing: reason }) => {
    const { suites = [] } = job.order.pieces[placeOf(piece)] ?? {};
    return new FleetError(
      'HIL_FLEET_UNIT_MISSING',
      `No board played ${suites.join(', ')} (${piece}) to its end in ${attempts} attempts: ${reason}`,
      { piece, attempts, reason, suites },
    );
  });

/**
 * Makes one run of a job that is over, and judges it as `earshot run` would.
 * @throws FleetError `HIL_FLEET_UNIT_MISSING` where no unit has come back; what fetching and merging throw.
 */
export async function mergeJob(options: MergeJobOptions): Promise<JudgedRun> {
  const { job, queue, reportsPath, budget, language } = options;
  const pieces = await piecesOf(job, queue);
  const delivered = pieces.filter(isDelivered);
  const lost = missingInWords(
    pieces.filter((piece): piece is Missing => !isDelivered(piece)),
    job,
  );
  const [first] = lost;
  if (delivered.length === 0 && first !== undefined) throw first;
  const run = mergeRuns({
    runs: await fetched(delivered, options),
    out: { below: reportsPath },
    // Each bench has its own, and asked for one kind they all have it.
    despite: ['provider'],
  });
  const { isCancelled } = job.outcome;
  const findings = isCancelled ? [] : lost.map(findingOf);
  addFindings(run.path, findings, createRedactor(readEnvironment().secrets));
  writeLatest(reportsPath, run.record.runId);
  return judgeMerged(readRun(run.path), budgetsOfRun(run, budget), {
    language,
    ...(isCancelled ? { interrupted: true } : {}),
  });
}

/** A job's verdict for the book. @param report - Where whoever wants to know more finds the run. */
export const verdictOf = (
  { jobId, order }: JobRecord,
  { run, verdict }: Pick<JudgedRun, 'run' | 'verdict'>,
  report?: string,
): BookedVerdict => ({
  jobId,
  firmwareSha256: order.firmwareSha256,
  outcome: verdict.outcome,
  exitCode: verdict.exitCode,
  atMs: Date.parse(endOf(run)),
  turns: verdict.turns.length,
  ...(report === undefined ? {} : { report }),
});

/** When a run ended, on the wall clock. */
function endOf({ record }: FinishedRun): string {
  const { startedAt, startedAtHostMs, endedAtHostMs = startedAtHostMs } = record;
  return new Date(Date.parse(startedAt) + endedAtHostMs - startedAtHostMs).toISOString();
}
