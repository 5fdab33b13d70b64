import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { speechLevels } from '../../audio';
import type { AnnotatedWav, ManifestClip } from '../../corpus';
import { ConfigError } from '../../errors';
import type { SpeechClip } from '../../ports';
import { renderClipPlot } from '../../report';

/** A clip that a person is to look at. */
export interface PlottedClip {
  readonly wav: AnnotatedWav;
  readonly clip: ManifestClip;
  /** What its manifest said of it; undefined: nothing. */
  readonly before: ManifestClip | undefined;
  readonly kind: SpeechClip['kind'];
}

/** Draws a clip for review; returns the path of the page, undefined where there is nothing to draw. */
export function writePlot({ wav, clip, before, kind }: PlottedClip, reports: string): string | undefined {
  const levels = speechLevels(wav.sound);
  if (levels === undefined) return undefined;
  const moved =
    before !== undefined &&
    (before.onsetSample !== clip.onsetSample || before.offsetSample !== clip.offsetSample);
  const page = renderClipPlot({
    id: clip.id,
    transcript: clip.transcript,
    language: clip.language,
    sound: wav.sound,
    ends: clip,
    before: moved ? before : undefined,
    levels,
    longestPauseMs: wav.speech.longestPauseMs,
    sha256: clip.sha256,
    wav: wav.bytes,
  });
  const folder = join(reports, kind === 'prompt' ? 'prompts' : 'replies');
  const path = join(folder, `${clip.id}.html`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, page);
  } catch (cause) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The plot ${path} cannot be written: ${(cause as Error).message}.`,
      { path },
      { cause },
    );
  }
  return path;
}
