import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { annotateSpeech, clipping, readWav, type PcmClip, type SpeechAnnotation } from '../audio';
import { ConfigError, isHilError } from '../errors';

/** Rates that a clip may have, in Hz: those of the manifest's schema. */
const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;

/** What a manifest says of a WAV's bytes and sound. */
export interface ClipAnnotation {
  /** Lower-case hex of the file's bytes. */
  readonly sha256: string;
  readonly rateHz: number;
  readonly lengthSamples: number;
  /** First speech sample. */
  readonly onsetSample: number;
  /** Last speech sample, inclusive. */
  readonly offsetSample: number;
}

/** A WAV that is fit for a corpus, with its annotation. */
export interface AnnotatedWav {
  readonly path: string;
  readonly sound: PcmClip;
  readonly annotation: ClipAnnotation;
  readonly speech: SpeechAnnotation;
}

const unusable = (
  path: string,
  problem: string,
  facts: Readonly<Record<string, unknown>> = {},
): ConfigError =>
  new ConfigError('HIL_CORPUS_UNUSABLE', `${basename(path)} ${problem}. File: ${path}.`, { path, ...facts });

function readSound(path: string, bytes: Buffer): PcmClip {
  let wav: ReturnType<typeof readWav>;
  try {
    wav = readWav(bytes);
  } catch (cause) {
    if (!isHilError(cause)) throw cause;
    throw new ConfigError(cause.code, `${path}: ${cause.message}`, { path, ...cause.facts }, { cause });
  }
  const { channels, rateHz } = wav;
  const [samples] = channels;
  if (samples === undefined || channels.length !== 1) {
    const message = `${basename(path)} has ${channels.length} channels; expected 1. File: ${path}.`;
    throw new ConfigError('HIL_AUDIO_NOT_WAV', message, { path, channels: channels.length });
  }
  if (rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ) {
    const message = `${basename(path)} is at ${rateHz} Hz; expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz. File: ${path}.`;
    throw new ConfigError('HIL_AUDIO_RATE', message, { path, rateHz });
  }
  return { samples, rateHz };
}

/**
 * Reads a WAV and finds where its speech begins and ends (measurement.md section 5).
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`, `HIL_AUDIO_NOT_WAV` (no WAV, or not mono), `HIL_AUDIO_RATE`,
 *   `HIL_CORPUS_UNUSABLE`: clipped, without speech, or with sound up to an end of the file, so that the speech is cut there or
 *   noise hides where it ends.
 */
export function annotateWav(path: string): AnnotatedWav {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      'HIL_CONFIG_FILE_MISSING',
      `The WAV ${path} cannot be read (${why}).`,
      { path },
      { cause },
    );
  }
  const sound = readSound(path, bytes);
  const { clippedSamples, runs } = clipping(sound.samples);
  if (clippedSamples > 0) {
    throw unusable(path, `is clipped: ${clippedSamples} samples in ${runs} flat tops`, {
      clippedSamples,
      runs,
    });
  }
  const speech = annotateSpeech(sound);
  if (speech === undefined)
    throw unusable(path, 'holds no speech: it is silent, or too short or quiet to tell');
  const frameSamples = Math.round(sound.rateHz / 100);
  const lengthSamples = sound.samples.length;
  const { onsetSample, offsetSample } = speech;
  const ends = [
    ...(onsetSample < frameSamples ? ['beginning'] : []),
    ...(offsetSample >= lengthSamples - frameSamples ? ['end'] : []),
  ];
  if (ends.length > 0) {
    throw unusable(
      path,
      `has sound up to its very ${ends.join(' and ')}: the speech is cut there, or noise less than 35 dB under it hides where it is`,
      { onsetSample, offsetSample, lengthSamples },
    );
  }
  return {
    path,
    sound,
    speech,
    annotation: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rateHz: sound.rateHz,
      lengthSamples,
      onsetSample,
      offsetSample,
    },
  };
}
