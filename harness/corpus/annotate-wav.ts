import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  annotateSpeech,
  clipping,
  readWav,
  readWavLayout,
  type PcmClip,
  type SpeechAnnotation,
} from '../audio';
import { ConfigError, isHilError } from '../errors';

/** Rates that a clip may have, in Hz: those of the manifest's schema. */
const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;
/** Eleven minutes of 16 bit at 48 000 Hz: whatever is larger was put there by mistake. */
const LARGEST_CLIP_BYTES = 64 * 1024 * 1024;

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
  /** Of the whole file. */
  readonly bytes: Buffer;
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

function readBytes(path: string): Buffer {
  const unreadable = (why: string, cause?: unknown): ConfigError =>
    new ConfigError(
      'HIL_CONFIG_FILE_MISSING',
      `The WAV ${path} cannot be read (${why}).`,
      { path },
      { cause },
    );
  try {
    const stat = statSync(path);
    // A pipe of that name would be waited for, perhaps for ever.
    if (!stat.isFile()) throw unreadable('it is no file');
    if (stat.size > LARGEST_CLIP_BYTES) {
      throw unusable(path, `has ${stat.size} bytes; a clip has at most ${LARGEST_CLIP_BYTES}`, {
        sizeBytes: stat.size,
      });
    }
    return readFileSync(path);
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    throw unreadable((cause as NodeJS.ErrnoException).code ?? 'unknown', cause);
  }
}

function readSound(path: string, bytes: Buffer): PcmClip {
  const { missingBytes } = readWavLayout(bytes, path);
  if (missingBytes > 0) {
    throw unusable(path, `is cut off: ${missingBytes} bytes of the sound that it announces are missing`, {
      missingBytes,
    });
  }
  const wav = readWav(bytes, path);
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
  const notNumbers = samples.reduce((count, sample) => count + (Number.isFinite(sample) ? 0 : 1), 0);
  if (notNumbers > 0) {
    throw unusable(path, `holds ${notNumbers} samples that are no number`, { notNumbers });
  }
  return { samples, rateHz };
}

/**
 * Where the speech of a recording is, if the recording is fit for a corpus.
 * @param path - What messages call it.
 * @throws ConfigError `HIL_CORPUS_UNUSABLE`: clipped, without speech, or with sound up to an end, so that the speech is cut there
 *   or noise hides where it ends.
 */
export function usableSpeech(sound: PcmClip, path: string): SpeechAnnotation {
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
  return speech;
}

/**
 * Finds where the speech of a WAV begins and ends (measurement.md section 5).
 * @param path - Where it lies or will lie.
 * @throws ConfigError `HIL_AUDIO_NOT_WAV` (no WAV, or not mono), `HIL_AUDIO_RATE`, `HIL_CORPUS_UNUSABLE` as `usableSpeech` does, and
 *   for sound that is cut off or is no number.
 */
export function annotateBytes(bytes: Buffer, path: string): AnnotatedWav {
  const sound = readSound(path, bytes);
  const speech = usableSpeech(sound, path);
  const { onsetSample, offsetSample } = speech;
  return {
    path,
    bytes,
    sound,
    speech,
    annotation: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rateHz: sound.rateHz,
      lengthSamples: sound.samples.length,
      onsetSample,
      offsetSample,
    },
  };
}

/**
 * Reads a WAV of a corpus and finds where its speech begins and ends.
 * @throws ConfigError as `annotateBytes` does, and `HIL_CONFIG_FILE_MISSING`.
 */
export const annotateWav = (path: string): AnnotatedWav => annotateBytes(readBytes(path), path);
