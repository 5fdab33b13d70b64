import { signalOf, spectrumOf, type HalfSpectrum } from './spectrum';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, abs, ceil, cos, floor, max, min, round, sin, sqrt } = Math;

/**
 * The magnitude weighting |G|^-beta: beta 0 is plain correlation, 1 the phase transform. 0.8 was best for speech through
 * Opus in rooms (measurement.md section 3); 13/16 is as good and needs square roots only, a tenth of the time of a power.
 * @param energy - |G|², above 0.
 */
function magnitudeWeight(energy: number): number {
  const quarter = sqrt(sqrt(energy));
  const eighth = sqrt(quarter);
  return 1 / (quarter * eighth * sqrt(sqrt(eighth)));
}

/** A bin counts while the reference's energy around it is within this ratio of its strongest bin: -60 dB. */
const REFERENCE_ENERGY_RATIO = 1e-6;
/** The reference's energy is looked at in bands this wide. */
const ENERGY_BAND_HZ = 100;
/** Share of the band over which its upper edge fades out, so that the peak has low side lobes. */
const UPPER_FADE = 0.2;

export interface BandHz {
  readonly low: number;
  readonly high: number;
}

/** A reference made ready to be looked for in windows of one size. */
export interface CorrelationReference {
  readonly size: number;
  readonly rateHz: number;
  readonly lengthSamples: number;
  readonly spectrum: HalfSpectrum;
  readonly weights: BinWeights;
}

/** Weight of each bin from 0 to size / 2: 0 outside the band, bins first to last, and where the reference is silent. */
interface BinWeights {
  readonly first: number;
  readonly last: number;
  readonly values: Float64Array;
}

function binWeights(spectrum: HalfSpectrum, rateHz: number, band: BandHz): BinWeights {
  const size = spectrum.length - 2;
  const binHz = rateHz / size;
  const high = min(band.high, rateHz / 2);
  const first = ceil(band.low / binHz);
  const last = min(size / 2, floor(high / binHz));
  const widthBins = max(1, round(ENERGY_BAND_HZ / binHz));
  const energies = new Float64Array(ceil((size / 2 + 1) / widthBins));
  for (let k = first; k <= last; k++) {
    const energy = (spectrum[2 * k] ?? 0) ** 2 + (spectrum[2 * k + 1] ?? 0) ** 2;
    const slot = floor(k / widthBins);
    energies[slot] = (energies[slot] ?? 0) + energy;
  }
  const least = energies.reduce((most, energy) => max(most, energy), 0) * REFERENCE_ENERGY_RATIO;
  const weights = new Float64Array(size / 2 + 1);
  const fadeFromHz = high - UPPER_FADE * (high - band.low);
  for (let k = first; k <= last; k++) {
    if ((energies[floor(k / widthBins)] ?? 0) <= least) continue;
    const into = (k * binHz - fadeFromHz) / (high - fadeFromHz);
    weights[k] = into <= 0 ? 1 : 0.5 + 0.5 * cos(PI * into);
  }
  return { first, last, values: weights };
}

/** @param size - Transform size, a power of two not below the reference's length. */
export function correlationReference(
  reference: Float32Array,
  { size, rateHz, band }: { readonly size: number; readonly rateHz: number; readonly band: BandHz },
): CorrelationReference {
  const spectrum = spectrumOf(reference, 0, size);
  return {
    size,
    rateHz,
    lengthSamples: reference.length,
    spectrum,
    weights: binWeights(spectrum, rateHz, band),
  };
}

/** What the path lets through of the reference changes slowly over frequency: it is looked at in bands this wide. */
const PATH_BAND_HZ = 400;

/** A weighted correlation, and what it would be around its peak if the sound took one path only. */
export interface WeightedCorrelation {
  /** Value n says how well sample 0 of the reference stands at sample `start + n` of the capture. */
  readonly values: Float64Array;
  /**
   * The own side lobes of the peak at `position` by distance in samples, 1 at 0: a voice resembles itself one pitch period
   * on. Of each band counts what arrives in phase at that place: noise and codecs leave a narrower band than was sent, and a
   * narrower band has higher lobes.
   */
  readonly selfLobes: (position: number) => Float64Array;
}

/**
 * Weighted cross-correlation of a window of the capture with the reference. It is normalised so that a window that is nothing but the
 * reference gives 1 (or -1, inverted) at its place. Values 0 to size - length are free of wrapping around.
 * @returns undefined when window or reference have no energy in the band.
 */
export function weightedCorrelation(
  capture: Float32Array,
  start: number,
  reference: CorrelationReference,
): WeightedCorrelation | undefined {
  const { size, spectrum } = reference;
  const { first, last, values: weights } = reference.weights;
  const cross = spectrumOf(capture, start, size);
  cross.fill(0, 0, 2 * first);
  cross.fill(0, 2 * last + 2);
  // What each bin would hold if the capture held the reference and nothing else, weighted by what it does hold.
  const expected = new Float64Array(weights.length);
  let total = 0;
  for (let k = first; k <= last; k++) {
    const re = cross[2 * k] ?? 0;
    const im = cross[2 * k + 1] ?? 0;
    const referenceRe = spectrum[2 * k] ?? 0;
    const referenceIm = spectrum[2 * k + 1] ?? 0;
    const crossRe = re * referenceRe + im * referenceIm;
    const crossIm = im * referenceRe - re * referenceIm;
    const energy = crossRe * crossRe + crossIm * crossIm;
    const weight = weights[k] ?? 0;
    const scale = weight > 0 && energy > 0 ? weight * magnitudeWeight(energy) : 0;
    cross[2 * k] = crossRe * scale;
    cross[2 * k + 1] = crossIm * scale;
    expected[k] = scale * (referenceRe * referenceRe + referenceIm * referenceIm);
    total += scale * sqrt(energy);
  }
  if (total === 0) return undefined;
  const scaled = (half: HalfSpectrum, sum: number): Float64Array => {
    const signal = signalOf(half);
    const gain = size / (2 * sum);
    for (let n = 0; n < signal.length; n++) signal[n] = (signal[n] ?? 0) * gain;
    return signal;
  };
  return {
    values: scaled(cross, total),
    selfLobes(position) {
      const inPhase = new Float64Array(size + 2);
      const widthBins = max(1, round((PATH_BAND_HZ * size) / reference.rateHz));
      let sum = 0;
      for (let from = first; from <= last; from += widthBins) {
        const to = min(last + 1, from + widthBins);
        let aligned = 0;
        let whole = 0;
        for (let k = from; k < to; k++) {
          const angle = (2 * PI * k * position) / size;
          aligned += (cross[2 * k] ?? 0) * cos(angle) - (cross[2 * k + 1] ?? 0) * sin(angle);
          whole += expected[k] ?? 0;
        }
        const share = whole === 0 ? 0 : abs(aligned) / whole;
        for (let k = from; k < to; k++) inPhase[2 * k] = share * (expected[k] ?? 0);
        sum += abs(aligned);
      }
      return sum === 0 ? inPhase.subarray(0, size) : scaled(inPhase, sum);
    },
  };
}
