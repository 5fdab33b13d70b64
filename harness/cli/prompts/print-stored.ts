import type { ClipChange, Manifest, ManifestClip, PreparedClip } from '../../corpus';
import { msOfSamples } from '../../units';

/** A clip that was made, with what became of it. */
export interface StoredClip {
  readonly clip: ManifestClip;
  readonly change: ClipChange;
  readonly wav: PreparedClip;
  readonly manifest: Manifest;
  readonly licence: string;
  readonly plot: string | undefined;
  readonly dryRun: boolean;
}

/** Prints what became of a clip, as text or as `earshot/clip-made@1`. */
export function printStored(
  { clip, change, wav, manifest, licence, plot, dryRun }: StoredClip,
  json: boolean,
): void {
  const { levelDbFs, gainDb } = wav;
  if (json) {
    const made = { schema: 'earshot/clip-made@1', dryRun, change, ...clip, licence, levelDbFs, gainDb };
    process.stdout.write(`${JSON.stringify({ ...made, manifest: manifest.path, plot }, null, 2)}\n`);
    return;
  }
  const ms = (sample: number): string => msOfSamples(sample, clip.rateHz).toFixed(1);
  process.stdout.write(
    `${clip.id}  ${change}  speech from ${ms(clip.onsetSample)} to ${ms(clip.offsetSample + 1)} ms  ` +
      `${levelDbFs.toFixed(1)} dBFS (gain ${gainDb >= 0 ? '+' : ''}${gainDb.toFixed(1)} dB)\n` +
      (plot === undefined ? '' : `  plot  ${plot}\n`) +
      (dryRun ? 'nothing was written (--dry-run)\n' : `manifest  ${manifest.path}\n`),
  );
}
