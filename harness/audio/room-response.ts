import { signalOf, spectrumOf, transformSize } from './spectrum';
import { seededNormal } from '../units';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, exp, sqrt } = Math;

/** A direct path at sample 0 and an exponentially decaying tail of noise from 1.5 ms on. */
export function roomResponse(
  { rt60Ms, directToReverberantDb }: { readonly rt60Ms: number; readonly directToReverberantDb: number },
  rateHz: number,
  uniform: () => number,
): Float32Array {
  const normal = seededNormal(uniform);
  const rt60 = (rt60Ms * rateHz) / 1000;
  const tail = Float32Array.from({ length: ceil(0.8 * rt60) }, (_, n) =>
    n < 0.0015 * rateHz ? 0 : normal() * exp((-6.9 * n) / rt60),
  );
  const energy = tail.reduce((sum, value) => sum + value * value, 0);
  const gain = sqrt(10 ** (-directToReverberantDb / 10) / energy);
  return tail.map((value, n) => (n === 0 ? 1 : value * gain));
}

/** Linear convolution. */
export function convolved(signal: Float32Array, response: Float32Array): Float32Array {
  const lengthSamples = signal.length + response.length - 1;
  const size = transformSize(lengthSamples);
  const [a, b] = [spectrumOf(signal, 0, size), spectrumOf(response, 0, size)];
  for (let k = 0; k < a.length; k += 2) {
    const [re, im] = [a[k] ?? 0, a[k + 1] ?? 0];
    const [otherRe, otherIm] = [b[k] ?? 0, b[k + 1] ?? 0];
    a[k] = re * otherRe - im * otherIm;
    a[k + 1] = re * otherIm + im * otherRe;
  }
  return Float32Array.from(signalOf(a).subarray(0, lengthSamples));
}
