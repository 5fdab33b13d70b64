/** Number conversions between the units that names in this project end with. */

/** Whole samples that fit into a duration: floor(durationMs × rateHz / 1000). */
export const samplesIn = (durationMs: number, rateHz: number): number =>
  Math.floor((durationMs * rateHz) / 1000);

/** Duration in milliseconds of a number of samples, fractions kept. */
export const msOfSamples = (lengthSamples: number, rateHz: number): number => (lengthSamples * 1000) / rateHz;

/** Amplitude ratio of a level difference: 20 dB is a factor of 10. */
export const gainOfDb = (levelDb: number): number => 10 ** (levelDb / 20);

/** Level difference of an amplitude ratio in dB; -Infinity for 0. */
export const dbOfGain = (gain: number): number => 20 * Math.log10(gain);

/** Factor by which a clock that is off by `ppm` parts per million runs fast. */
export const rateOfPpm = (ppm: number): number => 1 + ppm * 1e-6;

export { derivedSeed, seededNormal, seededUniform } from './seeded';
