import FFT from 'fft.js';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, max, min, sin } = Math;

/**
 * Half spectrum of a real signal of `size` samples: interleaved real and imaginary parts of bins 0 to size / 2, so
 * size + 2 values. Bin k stands for k × rate / size Hz.
 */
export type HalfSpectrum = Float64Array;

/**
 * What transforms of one size share: a real signal is transformed as half as many complex numbers, even samples real and
 * odd ones imaginary, which halves the work (Press et al., Numerical Recipes, section 12.3).
 */
interface RealTransform {
  readonly ofPairs: FFT;
  /** Cosine and sine of 2 π k / size, interleaved, k from 0 to size / 4. */
  readonly turns: Float64Array;
  /** Overwritten by every call. */
  readonly scratch: Float64Array;
}

/** Tables of sines are costly to make, and the same for everybody. */
const transforms = new Map<number, RealTransform>();

function transformOf(size: number): RealTransform {
  const known = transforms.get(size);
  if (known !== undefined) return known;
  const turns = new Float64Array(size / 2 + 2);
  for (let k = 0; k <= size / 4; k++) {
    turns[2 * k] = cos((2 * PI * k) / size);
    turns[2 * k + 1] = sin((2 * PI * k) / size);
  }
  const made = { ofPairs: new FFT(size / 2), turns, scratch: new Float64Array(size) };
  transforms.set(size, made);
  return made;
}

/** Smallest power of two that is not below `length`; at least 4. */
export function transformSize(length: number): number {
  let size = 4;
  while (size < length) size *= 2;
  return size;
}

/**
 * Spectrum of samples [start, start + size) of a signal; what lies outside the signal counts as zero.
 * @param start - A whole number. @param size - A power of two, at least 4.
 */
export function spectrumOf(samples: Float32Array, start: number, size: number): HalfSpectrum {
  const { ofPairs, turns, scratch } = transformOf(size);
  const from = max(0, start);
  const to = min(samples.length, start + size);
  scratch.fill(0);
  if (to > from) scratch.set(samples.subarray(from, to), from - start);
  const out = new Float64Array(size + 2);
  ofPairs.transform(out.subarray(0, size), scratch);
  const [first, second] = [out[0] ?? 0, out[1] ?? 0];
  out[0] = first + second;
  out[1] = 0;
  out[size] = first - second;
  out[size + 1] = 0;
  // Bins k and size / 2 - k come from the same two values, so that it works in place.
  for (let k = 2; k <= size / 2; k += 2) {
    const mirror = size - k;
    const re = out[k] ?? 0;
    const im = out[k + 1] ?? 0;
    const mirrorRe = out[mirror] ?? 0;
    const mirrorIm = out[mirror + 1] ?? 0;
    const evenRe = (re + mirrorRe) / 2;
    const evenIm = (im - mirrorIm) / 2;
    const oddRe = (im + mirrorIm) / 2;
    const oddIm = (mirrorRe - re) / 2;
    const cosine = turns[k] ?? 0;
    const sine = turns[k + 1] ?? 0;
    const turnedRe = oddRe * cosine + oddIm * sine;
    const turnedIm = oddIm * cosine - oddRe * sine;
    out[k] = evenRe + turnedRe;
    out[k + 1] = evenIm + turnedIm;
    out[mirror] = evenRe - turnedRe;
    out[mirror + 1] = turnedIm - evenIm;
  }
  return out;
}

/** The real signal of a half spectrum. */
export function signalOf(spectrum: HalfSpectrum): Float64Array {
  const size = spectrum.length - 2;
  const { ofPairs, turns, scratch } = transformOf(size);
  const [first, last] = [spectrum[0] ?? 0, spectrum[size] ?? 0];
  scratch[0] = (first + last) / 2;
  scratch[1] = (first - last) / 2;
  for (let k = 2; k <= size / 2; k += 2) {
    const mirror = size - k;
    const re = spectrum[k] ?? 0;
    const im = spectrum[k + 1] ?? 0;
    const mirrorRe = spectrum[mirror] ?? 0;
    const mirrorIm = spectrum[mirror + 1] ?? 0;
    const evenRe = (re + mirrorRe) / 2;
    const evenIm = (im - mirrorIm) / 2;
    const turnedRe = (re - mirrorRe) / 2;
    const turnedIm = (im + mirrorIm) / 2;
    const cosine = turns[k] ?? 0;
    const sine = turns[k + 1] ?? 0;
    const oddRe = turnedRe * cosine - turnedIm * sine;
    const oddIm = turnedRe * sine + turnedIm * cosine;
    scratch[k] = evenRe - oddIm;
    scratch[k + 1] = evenIm + oddRe;
    scratch[mirror] = evenRe + oddIm;
    scratch[mirror + 1] = oddRe - evenIm;
  }
  const signal = new Float64Array(size);
  ofPairs.inverseTransform(signal, scratch);
  return signal;
}
