import type { AudioRig } from '../../ports';
import {
  checkLevels,
  LOUDEST_LEVEL_DB_FS,
  SAFE_LEVEL_DB_FS,
  toldRateLine,
  type RigCheckLine,
} from '../../rig';
import type { BenchParts } from '../bench-parts';

/** As faint as a probe can be. */
const FAINTEST_LEVEL_DB_FS = -60;

/**
 * What a short look at a rig shows: some 3 s of sound, as loud as this bench plays its prompts.
 * @param gainDb - Of prompts at the rig's output.
 */
export async function rigLines(
  rig: AudioRig,
  gainDb: number,
  signal: AbortSignal,
): Promise<readonly RigCheckLine[]> {
  const levelDbFs = Math.min(LOUDEST_LEVEL_DB_FS, Math.max(FAINTEST_LEVEL_DB_FS, SAFE_LEVEL_DB_FS + gainDb));
  try {
    return (await checkLevels(rig, { levelDbFs, signal })).lines;
  } catch (cause) {
    const told = toldRateLine(cause);
    if (told === undefined) throw cause;
    return [told];
  }
}

/** One look at the rig of a bench, once however often it is asked for; nothing of a bench without a rig. */
export function lookAtRig(
  parts: BenchParts,
  gainDb: number,
  signal: AbortSignal,
): () => Promise<readonly RigCheckLine[]> {
  let lines: Promise<readonly RigCheckLine[]> | undefined;
  const look = async (): Promise<readonly RigCheckLine[]> => {
    const rig = await parts.rig();
    return rig === undefined ? [] : rigLines(rig, gainDb, signal);
  };
  return () => (lines ??= look());
}
