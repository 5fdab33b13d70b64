import FFT from 'fft.js';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, max, min, sin } = Math;

/**
 * Half spectrum of a real signal of `size` samples: interleaved real and imaginary parts of bins 0 to size / 2, so
 * size + 2 values. Bin k stands for k × rate / size Hz.
 */
export type HalfSpectrum = Float64Array;

/** Transforms are tables of sines: costly to make, and the same for everybody. */
const transforms = new Map<number, FFT>();

function transformOf(size: number): FFT {
  const known = transforms.get(size);
  if (known !== undefined) return known;
  const made = new FFT(size);
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
 * @param size - A power of two, at least 4.
 */
export function spectrumOf(samples: Float32Array, start: number, size: number): HalfSpectrum {
  const input = new Float64Array(size);
  const from = max(0, start);
  const to = min(samples.length, start + size);
  if (to > from) input.set(samples.subarray(from, to), from - start);
  const full = new Float64Array(2 * size);
  transformOf(size).realTransform(full, input);
  return full.subarray(0, size + 2);
}

/**
 * The real signal of a half spectrum. Two real halves are packed into one complex transform of half the size, which
 * halves the work (Press et al., Numerical Recipes, section 12.3).
 */
export function signalOf(spectrum: HalfSpectrum): Float64Array {
  const size = spectrum.length - 2;
  const half = size / 2;
  const packed = new Float64Array(size);
  for (let k = 0; k < half; k++) {
    const mirror = half - k;
    const re = spectrum[2 * k] ?? 0;
    const im = spectrum[2 * k + 1] ?? 0;
    const mirrorRe = spectrum[2 * mirror] ?? 0;
    const mirrorIm = -(spectrum[2 * mirror + 1] ?? 0);
    const angle = (2 * PI * k) / size;
    const cosine = cos(angle);
    const sine = sin(angle);
    const oddRe = re - mirrorRe;
    const oddIm = im - mirrorIm;
    const turnedRe = oddRe * cosine - oddIm * sine;
    const turnedIm = oddRe * sine + oddIm * cosine;
    packed[2 * k] = (re + mirrorRe - turnedIm) / 2;
    packed[2 * k + 1] = (im + mirrorIm + turnedRe) / 2;
  }
  const signal = new Float64Array(size);
  transformOf(half).inverseTransform(signal, packed);
  return signal;
}
