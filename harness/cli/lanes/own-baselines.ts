import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { statePath } from '../../config';
import { RunError } from '../../errors';
import {
  baselineOf,
  baselinePaths,
  differencesBetween,
  readBaseline,
  storeBaseline,
  type Baseline,
  type FinishedRun,
  type Redactor,
} from '../../run';
import { FEWEST_TURNS } from '../../verdict';

/** A board of a bench. */
export interface BoardOfBench {
  readonly board: string;
  /** Absolute path of the bench file. */
  readonly bench: string;
}

/** Below the state folder of the user, as quarantine is. */
const folderOf = (state: string): string => join(state, 'own-baselines');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

const stemOf = ({ board, bench }: BoardOfBench): string => `${board}-${digest(`${bench}\0${board}`)}-`;

/** The firmware by what the image says of itself; undefined where it says nothing that two images could not say alike. */
const firmwareOf = ({ record }: FinishedRun): string | undefined =>
  record.boards[0]?.firmware?.elfSha256Prefix;

const pathOf = (of: BoardOfBench, firmware: string, state: string): string =>
  join(folderOf(state), `${stemOf(of)}${digest(firmware)}.json`);

/**
 * What a board did with the firmware that it has in this run, on the same rig, with the same provider and prompts; undefined: nothing that
 * is known. One that cannot be read is none.
 */
export function ownBaseline(of: BoardOfBench, run: FinishedRun, state = statePath()): Baseline | undefined {
  const firmware = firmwareOf(run);
  if (firmware === undefined) return undefined;
  try {
    const baseline = readBaseline(pathOf(of, firmware, state));
    return differencesBetween(baseline.provenance, run.record).length === 0 ? baseline : undefined;
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/**
 * Keeps what a board did as its own baseline, once for each firmware. A run that failed or was broken off, or that has fewer turns than
 * a comparison needs, is not kept.
 * @returns Why it could not be written, which is no reason to lose the verdict over; undefined: nothing stood in the way.
 */
export function keepOwnBaseline(
  of: BoardOfBench,
  run: FinishedRun,
  redactor: Redactor,
  state = statePath(),
): string | undefined {
  const firmware = firmwareOf(run);
  if (firmware === undefined || ownBaseline(of, run, state) !== undefined) return undefined;
  const { outcome, startedAt } = run.record;
  if (outcome !== 'pass' && outcome !== 'inconclusive') return undefined;
  let baseline: Baseline;
  try {
    baseline = baselineOf([run], { name: of.board, acceptedAt: startedAt });
  } catch (error) {
    // No turn of it has a latency.
    if (error instanceof RunError && error.code === 'HIL_BASELINE_UNFIT') return undefined;
    throw error;
  }
  if ((baseline.arms.voiceToVoice?.length ?? 0) < FEWEST_TURNS) return undefined;
  try {
    storeBaseline(pathOf(of, firmware, state), baseline, redactor);
    return undefined;
  } catch (error) {
    return `What ${of.board} did is not kept as its own baseline: ${(error as Error).message}`;
  }
}

/** Forgets what a board did: it was mended, or stands elsewhere. */
export function forgetOwnBaselines(of: BoardOfBench, state = statePath()): void {
  for (const path of baselinePaths(folderOf(state)))
    if (path.startsWith(join(folderOf(state), stemOf(of)))) rmSync(path, { force: true });
}
