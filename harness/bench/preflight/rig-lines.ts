import type { AudioRig } from '../../ports';
import { checkLevels, LOUDEST_LEVEL_DB_FS, SAFE_LEVEL_DB_FS, type RigCheckLine } from '../../rig';

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
  const { lines } = await checkLevels(rig, { levelDbFs, signal });
  return lines;
}
