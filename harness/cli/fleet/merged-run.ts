import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BundleRef, BundleStore, JobRecord } from '../../fleet';
import type { Language } from '../../report';
import { readRun, writeLatest } from '../../run';
import { renderFinished, type JudgedRun } from '../finish-run';

/** What a merge leaves in its folder: beside the run, or in place of one where there is nothing to judge. */
const FILE = 'fleet-verdict.json';

const schema = z.object({
  schema: z.literal('earshot/fleet-verdict@1'),
  jobId: z.string(),
  firmwareSha256: z.string(),
  outcome: z.string(),
  exitCode: z.number(),
  atMs: z.number(),
  turns: z.number(),
  /** Why there is no run. */
  why: z.string().optional(),
});

export type MergedVerdict = z.infer<typeof schema>;

export const writeMergedVerdict = (folder: string, verdict: MergedVerdict): void =>
  writeFileSync(join(folder, FILE), `${JSON.stringify(verdict, null, 2)}\n`);

/** @throws ZodError, SyntaxError: only this program writes one. */
export const readMergedVerdict = (folder: string): MergedVerdict =>
  schema.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));

/** Where the fleet itself made one run of a job; undefined: whoever waits for it does. */
export function mergedBundleOf({ order, outcome }: JobRecord): BundleRef | undefined {
  const last = outcome.pieces.at(-1);
  const isMerge =
    order.pieces.at(-1)?.chore?.kind === 'merge' && outcome.pieces.length === order.pieces.length;
  return isMerge && last !== undefined && 'bundle' in last ? last.bundle : undefined;
}

/**
 * Fetches what the fleet merged, as a run of its own below the folder of reports, and renders it.
 * @returns The verdict alone where there was nothing to merge.
 * @throws What fetching throws, and RunError.
 */
export async function fetchMerged(
  bundle: BundleRef,
  options: {
    readonly bundles: Pick<BundleStore, 'fetch'>;
    readonly reportsPath: string;
    readonly language: Language;
  },
): Promise<JudgedRun | MergedVerdict> {
  const { bundles, reportsPath, language } = options;
  const aside = join(reportsPath, `.merged-${bundle.sha256}`);
  rmSync(aside, { recursive: true, force: true });
  try {
    await bundles.fetch(bundle, aside);
    if (!existsSync(join(aside, 'run.json'))) return readMergedVerdict(aside);
    const { runId } = readRun(aside).record;
    const path = join(reportsPath, runId);
    // Fetched before: it is the same.
    rmSync(path, { recursive: true, force: true });
    renameSync(aside, path);
    writeLatest(reportsPath, runId);
    return renderFinished(path, { language });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
