// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { max, min } = Math;

/** What is added to the source's power before solving: keeps bands in which it has nothing from growing. */
const REGULARISATION = 1e-3;

/** A short filter between a known source and where it was heard. */
export interface LinearPath {
  /** Tap n acts on the source sample n − `leadSamples` before the heard one. */
  readonly taps: Float64Array;
  readonly leadSamples: number;
}

/** Solves the symmetric Toeplitz system with this first column (Levinson recursion). */
export function solveToeplitz(column: Float64Array, right: Float64Array): Float64Array {
  const n = column.length;
  const at = (values: Float64Array, index: number): number => values[index] as number;
  const solution = new Float64Array(n);
  let predictor: Float64Array = new Float64Array([1]);
  let error = at(column, 0);
  solution[0] = at(right, 0) / error;
  for (let m = 1; m < n; m++) {
    let reflection = 0;
    for (let i = 0; i < m; i++) reflection += at(predictor, i) * at(column, m - i);
    reflection /= -error;
    const next = new Float64Array(m + 1);
    for (let i = 0; i < m; i++) next[i] = at(predictor, i);
    for (let i = 0; i < m; i++) next[m - i] = at(next, m - i) + reflection * at(predictor, i);
    predictor = next;
    error *= 1 - reflection * reflection;
    let missing = at(right, m);
    for (let i = 0; i < m; i++) missing -= at(solution, i) * at(column, m - i);
    const gain = missing / error;
    for (let i = 0; i <= m; i++) solution[i] = at(solution, i) + gain * at(predictor, m - i);
  }
  return solution;
}

/**
 * The filter that makes the most of what was heard out of a known source, in the sense of least squares.
 * @param source - Aligned with `heard` sample by sample, to within the filter's reach; the same length.
 * @param taps - Length of the filter. @param leadSamples - How many of them act ahead of the source's place.
 * @returns undefined when the source is silent.
 */
export function fitLinearPath(
  source: Float32Array,
  heard: Float32Array,
  { taps, leadSamples }: { readonly taps: number; readonly leadSamples: number },
): LinearPath | undefined {
  const length = min(source.length, heard.length);
  const own = new Float64Array(taps);
  const cross = new Float64Array(taps);
  for (let lag = 0; lag < taps; lag++) {
    const shift = lag - leadSamples;
    let ownSum = 0;
    let crossSum = 0;
    for (let n = lag; n < length; n++) ownSum += (source[n] as number) * (source[n - lag] as number);
    for (let n = max(0, shift), end = min(length, length + shift); n < end; n++)
      crossSum += (heard[n] as number) * (source[n - shift] as number);
    own[lag] = ownSum;
    cross[lag] = crossSum;
  }
  const power = own[0] as number;
  if (power === 0) return undefined;
  own[0] = power * (1 + REGULARISATION);
  return { taps: solveToeplitz(own, cross), leadSamples };
}

/** What of a source is heard through a path; as long as the source. */
export function throughPath(source: Float32Array, { taps, leadSamples }: LinearPath): Float32Array {
  const out = new Float32Array(source.length);
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    const first = n + leadSamples;
    for (let tap = max(0, first - source.length + 1), end = min(taps.length, first + 1); tap < end; tap++)
      sum += (taps[tap] as number) * (source[first - tap] as number);
    out[n] = sum;
  }
  return out;
}
