import { signalOf, spectrumOf, transformSize, type HalfSpectrum } from './spectrum';
import { solveToeplitz, type LinearPath } from './linear-path';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { max, min } = Math;

/** What is added to the source's power before solving: keeps bands in which it has nothing from growing. */
const REGULARISATION = 1e-3;
/** Steps of the refinement: the first leaves out what the edges of the stretch cut off, the others put it right. */
const REFINEMENTS = 4;

function times(a: HalfSpectrum, b: HalfSpectrum, conjugated: boolean): HalfSpectrum {
  const product = new Float64Array(a.length);
  for (let k = 0; k < a.length; k += 2) {
    const re = a[k] as number;
    const im = a[k + 1] as number;
    const otherRe = b[k] as number;
    const otherIm = conjugated ? -(b[k + 1] as number) : (b[k + 1] as number);
    product[k] = re * otherRe - im * otherIm;
    product[k + 1] = re * otherIm + im * otherRe;
  }
  return product;
}

/**
 * The long filter, a room's, that makes the most of what was heard in a stretch out of a known source, in the sense of least
 * squares. What the source played ahead of the stretch counts with its reverberation.
 * @param source - Aligned with `heard` sample by sample, to within the filter's reach.
 * @param from - First sample of the stretch. @param to - Last + 1.
 * @returns undefined when the source is silent there.
 */
export function fitRoomPath(
  source: Float32Array,
  heard: Float32Array,
  {
    from,
    to,
    taps,
    leadSamples,
  }: { readonly from: number; readonly to: number; readonly taps: number; readonly leadSamples: number },
): LinearPath | undefined {
  const begin = max(0, from - taps + 1 + leadSamples);
  const played = source.subarray(begin, min(source.length, to + leadSamples));
  const size = transformSize(played.length + taps + leadSamples);
  const sourceSpectrum = spectrumOf(played, 0, size);
  const own = Float64Array.from(signalOf(times(sourceSpectrum, sourceSpectrum, true)).subarray(0, taps));
  const power = own[0] as number;
  if (!(power > 0)) return undefined;
  own[0] = power * (1 + REGULARISATION);
  // Shifted by the lead, so that the filter is causal.
  const shift = leadSamples - begin;
  const target = new Float32Array(size);
  for (let n = from; n < to; n++) target[n + shift] = heard[n] as number;
  const fitted = new Float64Array(taps);
  let rest = target;
  for (let step = 1; ; step++) {
    const cross = signalOf(times(spectrumOf(rest, 0, size), sourceSpectrum, true)).subarray(0, taps);
    const change = solveToeplitz(own, Float64Array.from(cross));
    for (let tap = 0; tap < taps; tap++) fitted[tap] = (fitted[tap] as number) + (change[tap] as number);
    if (step === REFINEMENTS) return { taps: fitted, leadSamples };
    const explained = signalOf(times(sourceSpectrum, spectrumOf(Float32Array.from(fitted), 0, size), false));
    rest = new Float32Array(size);
    for (let n = from + shift; n < to + shift; n++)
      rest[n] = (target[n] as number) - (explained[n] as number);
  }
}

/** What of a source is heard through a long path; as long as the source. */
export function throughRoomPath(source: Float32Array, { taps, leadSamples }: LinearPath): Float32Array {
  const size = transformSize(source.length + taps.length);
  const heard = signalOf(
    times(spectrumOf(source, 0, size), spectrumOf(Float32Array.from(taps), 0, size), false),
  );
  return Float32Array.from(heard.subarray(leadSamples, leadSamples + source.length));
}
