import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readWav, type PcmClip } from '../audio';
import { ConfigError, isHilError } from '../errors';
import type { SpeechClip } from '../ports';

/**
 * The sound of a clip after its WAV was compared with the manifest.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`, `HIL_CORPUS_HASH` with both hashes, `HIL_AUDIO_NOT_WAV` (not a WAV, or
 *   not mono), `HIL_CORPUS_ANNOTATION` (rate or length are not those of the manifest).
 */
export function checkedSound(clip: SpeechClip): PcmClip {
  const { kind, id, path } = clip;
  const bytes = bytesOf(clip);
  const seenSha256 = createHash('sha256').update(bytes).digest('hex');
  const { channels, rateHz } = soundOf(clip, bytes);
  const [samples] = channels;
  if (samples === undefined || channels.length !== 1) {
    const message = `The ${kind} ${id} has ${channels.length} channels; expected 1. File: ${path}.`;
    throw new ConfigError('HIL_AUDIO_NOT_WAV', message, { id, path, channels: channels.length });
  }
  if (seenSha256 !== clip.sha256) {
    throw new ConfigError(
      'HIL_CORPUS_HASH',
      `The WAV of the ${kind} ${id} has SHA-256 ${seenSha256}; the manifest says ${clip.sha256}. File: ${path}.`,
      { id, path, expectedSha256: clip.sha256, seenSha256 },
    );
  }
  if (rateHz !== clip.rateHz || samples.length !== clip.lengthSamples) {
    throw new ConfigError(
      'HIL_CORPUS_ANNOTATION',
      `The WAV of the ${kind} ${id} has ${samples.length} samples at ${rateHz} Hz; the manifest says ` +
        `${clip.lengthSamples} at ${clip.rateHz} Hz. File: ${path}.`,
      { id, path, rateHz, lengthSamples: samples.length },
    );
  }
  return { samples, rateHz };
}

function bytesOf({ kind, id, path }: SpeechClip): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const message = `The WAV of the ${kind} ${id} cannot be read (${why}): ${path}.`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', message, { id, path }, { cause });
  }
}

function soundOf({ kind, id, path }: SpeechClip, bytes: Buffer): ReturnType<typeof readWav> {
  try {
    return readWav(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `The file of the ${kind} ${id} is no WAV: ${why} File: ${path}.`;
    const facts = isHilError(cause) ? cause.facts : {};
    throw new ConfigError('HIL_AUDIO_NOT_WAV', message, { id, path, ...facts }, { cause });
  }
}
