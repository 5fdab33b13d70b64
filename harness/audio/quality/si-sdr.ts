import type { BandHz } from '../weighted-correlation';
import type { CrossSpectrum } from './cross-spectrum';

/** What the ratio is taken over unless told otherwise: below it rooms and hum, above it nothing of a 16 kHz codec. */
const SPEECH_BAND_HZ: BandHz = { low: 150, high: 7000 };
/** Newton's steps to what is left of a common delay; the first is right to a hundredth of it. */
const DELAY_STEPS = 3;
/** Frames below which noise alone would look like likeness. */
const LEAST_FRAMES = 8;

/** Bins of a cross spectrum that lie in a band. */
const binsIn = (band: BandHz, binHz: number, bins: number): readonly [number, number] => [
  Math.max(0, Math.ceil(band.low / binHz)),
  Math.min(bins - 1, Math.floor(band.high / binHz)),
];

/** How much of a sound is the reference. */
export interface Projection {
  /** Amplitude of the reference in the sound: 1 as loud as the reference, negative: inverted. */
  readonly gain: number;
  /** Correlation coefficient, -1 to 1. */
  readonly correlation: number;
}

/**
 * Projects a sound on its reference within a band. What the alignment left of a delay common to all frames, a fraction of a
 * sample, is taken out: it is a place and no distortion.
 * @returns undefined for too few frames and for silence.
 */
export function projection(
  { binHz, frames, referencePower, soundPower, re, im }: CrossSpectrum,
  band: BandHz = SPEECH_BAND_HZ,
): Projection | undefined {
  const { cos, sin, sign, sqrt } = Math;
  const [first, last] = binsIn(band, binHz, re.length);
  let [referenceEnergy, soundEnergy] = [0, 0];
  for (let k = first; k <= last; k++) {
    referenceEnergy += referencePower[k] ?? 0;
    soundEnergy += soundPower[k] ?? 0;
  }
  if (frames < LEAST_FRAMES || referenceEnergy <= 0 || soundEnergy <= 0) return undefined;
  /** Sum of the cross spectrum turned by `angle` per bin, and the first two derivatives of its real part. */
  const turned = (
    angle: number,
  ): { readonly product: number; readonly slope: number; readonly bend: number } => {
    let [product, slope, bend] = [0, 0, 0];
    for (let k = first; k <= last; k++) {
      const real = (re[k] ?? 0) * cos(k * angle) - (im[k] ?? 0) * sin(k * angle);
      const imaginary = (re[k] ?? 0) * sin(k * angle) + (im[k] ?? 0) * cos(k * angle);
      product += real;
      slope -= k * imaginary;
      bend -= k * k * real;
    }
    return { product, slope, bend };
  };
  let angle = 0;
  let best = turned(angle);
  for (let step = 0; step < DELAY_STEPS; step++) {
    // An inverted sound has its extreme below zero.
    if (sign(best.bend) === sign(best.product)) break;
    angle -= best.slope / best.bend;
    const next = turned(angle);
    if (!(Math.abs(next.product) > Math.abs(best.product))) break;
    best = next;
  }
  return {
    gain: best.product / referenceEnergy,
    correlation: best.product / sqrt(referenceEnergy * soundEnergy),
  };
}

/**
 * Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019): the
 * part of the sound that is the reference, at whatever level, against all the rest. Noise, clipping and a room lower it, and so
 * does a path that colours the sound; a delay, drift and inverted polarity do not.
 * @param cross - Of the aligned parts: what is missing has no part in it.
 * @param band - Default 150 to 7 000 Hz; give the path's own where it is narrower.
 * @returns undefined for too few frames (96 ms at 48 kHz) and for silence; -100 to 100, with 200 ppm of drift 37 at most.
 */
export function siSdrDb(cross: CrossSpectrum, band: BandHz = SPEECH_BAND_HZ): number | undefined {
  const found = projection(cross, band);
  if (found === undefined) return undefined;
  const same = found.correlation ** 2;
  return same <= 0 ? -100 : Math.max(-100, Math.min(100, 10 * Math.log10(same / Math.max(1e-12, 1 - same))));
}
