import { gainOfDb } from '../../units';
import type { AcousticPath, Room } from './options';
import { SeededNoise } from './seeded-noise';

/** Below this many samples there is no room for an interpolation kernel before the direct sound. */
const WHOLE_BELOW_SAMPLES = 8;
const KERNEL_HALF_SAMPLES = 32;
const KAISER_BETA = 8;
/** Gap between the direct sound and the first reflection: 1 ms is a detour of 34 cm. */
const FIRST_REFLECTION_MS = 1;

/**
 * Delay that the direct sound of a path really has, in samples after `earliestSamples`: as configured, fractions
 * included, but at least `earliestSamples`, and whole samples within 8 samples (0.17 ms) of it.
 */
export function directDelaySamples(delayMs: number, rateHz: number, earliestSamples = 0): number {
  const behind = Math.max(0, (delayMs * rateHz) / 1000 - earliestSamples);
  return behind < WHOLE_BELOW_SAMPLES ? Math.round(behind) : behind;
}

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function addDirectSound(response: Float64Array, delaySamples: number, gain: number): void {
  const whole = Math.floor(delaySamples);
  if (whole === delaySamples) {
    response[whole] = gain;
    return;
  }
  const half = Math.min(KERNEL_HALF_SAMPLES, whole);
  for (let n = whole - half + 1; n <= whole + half; n++) {
    const x = n - delaySamples;
    const window =
      besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / besselI0(KAISER_BETA);
    response[n] = (gain * window * Math.sin(Math.PI * x)) / (Math.PI * x);
  }
}

/**
 * Impulse response of one path: the direct sound, delayed by a windowed sinc (64 taps, Kaiser), then from 1 ms after it
 * white noise that decays by 60 dB in `rt60Ms` (cut off there), its energy `directToReverberantDb` under the direct
 * sound's.
 * @param delaySamples - From `directDelaySamples`.
 * @param stream - Tells the paths of one seed apart.
 */
export function acousticResponse(
  path: Pick<AcousticPath, 'gainDb'> & { readonly delaySamples: number },
  room: Room,
  rateHz: number,
  seed: number,
  stream: number,
): Float64Array {
  const { delaySamples } = path;
  const gain = gainOfDb(path.gainDb);
  const tailSamples = Math.round((room.rt60Ms * rateHz) / 1000);
  const tailFrom = Math.ceil(delaySamples + (FIRST_REFLECTION_MS * rateHz) / 1000);
  const directEnd = Math.floor(delaySamples) + KERNEL_HALF_SAMPLES + 1;
  const response = new Float64Array(tailSamples > 0 ? tailFrom + tailSamples : directEnd);
  addDirectSound(response, delaySamples, gain);
  if (tailSamples === 0) return response;

  const noise = new SeededNoise(seed, stream);
  const tail = Float64Array.from(
    { length: tailSamples },
    (_, i) => noise.next() * 10 ** ((-3 * i) / tailSamples),
  );
  const energy = tail.reduce((sum, value) => sum + value * value, 0);
  const scale = (gain * gainOfDb(-room.directToReverberantDb)) / Math.sqrt(energy);
  tail.forEach((value, i) => (response[tailFrom + i] = value * scale));
  return response;
}
