import * as fc from 'fast-check';
import { readWav } from '../../audio';
import { isHilError } from '../../errors';
import { damagedWavs, wholeWavs, type MadeWav } from './wav-files';

/** How `readWav` is tried. */
export interface FuzzWavOptions {
  /** Of each kind. */
  readonly files: number;
  readonly seed: number;
}

const NAME = 'fuzz.wav';

/** A file that readers have to read, read: every sample and nothing else. */
export function isReadExactly({ bytes, rateHz, channels }: MadeWav): boolean {
  const read = readWav(bytes, NAME);
  return (
    read.rateHz === rateHz &&
    read.channels.length === channels.length &&
    read.channels.every(
      (samples, index) =>
        samples.length === channels[index]?.length &&
        samples.every((sample, at) => sample === channels[index]?.[at]),
    )
  );
}

/** What becomes of a damaged file: sound that can be in so few bytes, or a refusal that names file, chunk and place. */
export function isReadOrRefused(bytes: Buffer): boolean {
  try {
    const { channels } = readWav(bytes, NAME);
    const samples = channels.reduce((sum, { length }) => sum + length, 0);
    return samples <= bytes.length && new Set(channels.map(({ length }) => length)).size === 1;
  } catch (fault) {
    if (!isHilError(fault) || fault.code !== 'HIL_AUDIO_NOT_WAV') return false;
    const { file, chunk, atByte } = fault.facts;
    return (
      file === NAME &&
      typeof chunk === 'string' &&
      typeof atByte === 'number' &&
      atByte <= bytes.length + 8 &&
      fault.message.endsWith(`File: ${NAME}.`)
    );
  }
}

/** The first file of each kind on which `readWav` fails, in hex and made as short as can be; undefined: none. */
export function fuzzWav({ files, seed }: FuzzWavOptions): {
  readonly whole: string | undefined;
  readonly damaged: string | undefined;
} {
  const options = { numRuns: files, seed };
  const whole = fc.check(fc.property(wholeWavs, isReadExactly), options);
  const damaged = fc.check(fc.property(damagedWavs, isReadOrRefused), options);
  return {
    whole: whole.counterexample?.[0].bytes.toString('hex'),
    damaged: damaged.counterexample?.[0].toString('hex'),
  };
}
