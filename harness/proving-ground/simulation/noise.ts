import type { PcmClip } from '../../audio';
import { seededNormal } from '../../units';
import { atRate } from './spoken';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, floor, sin, sqrt } = Math;

/** `white`: all of the band; `babble`: several people talk at once; `hum`: mains and its harmonics. */
export type NoiseKind = 'white' | 'babble' | 'hum';

/** From about six talkers on nobody is understood any more: babble, not a dialogue. */
const TALKERS = 6;
/** Mains of half the world; the other half's 60 Hz differs in nothing that matters here. */
const MAINS_HZ = 50;
/** A hum that was picked up magnetically reaches about this far: 2 kHz. */
const HARMONICS = 40;

function babble(
  lengthSamples: number,
  rateHz: number,
  uniform: () => number,
  voices: readonly PcmClip[],
): Float32Array {
  const sum = new Float32Array(lengthSamples);
  for (let talker = 0; talker < TALKERS; talker++) {
    // Each began before the recording did.
    let at = -floor(uniform() * rateHz);
    while (at < lengthSamples) {
      const voice = voices[floor(uniform() * voices.length)];
      if (voice === undefined) return sum;
      const samples = atRate(voice, rateHz);
      for (let n = at < 0 ? -at : 0; n < samples.length && at + n < lengthSamples; n++)
        sum[at + n] = (sum[at + n] ?? 0) + (samples[n] ?? 0);
      at += samples.length;
    }
  }
  return sum;
}

function hum(lengthSamples: number, rateHz: number, uniform: () => number): Float32Array {
  // The grid is within 0.2 Hz of its nominal frequency.
  const mainsHz = MAINS_HZ + 0.4 * (uniform() - 0.5);
  const sum = new Float32Array(lengthSamples);
  for (let k = 1; k <= HARMONICS; k++) {
    const phase = 2 * PI * uniform();
    // A rectifier's hum has strong odd and weak even harmonics, falling with their number.
    const amplitude = (k % 2 === 1 ? 1 : 0.4) / k;
    // x[n] = 2 cos(w) x[n-1] - x[n-2]: a sine without a sine, to within 1e-9 over minutes.
    const step = (2 * PI * mainsHz * k) / rateHz;
    const twice = 2 * cos(step);
    let [before, now] = [amplitude * sin(phase - step), amplitude * sin(phase)];
    for (let n = 0; n < lengthSamples; n++) {
      sum[n] = (sum[n] ?? 0) + now;
      [before, now] = [now, twice * now - before];
    }
  }
  return sum;
}

function white(lengthSamples: number, uniform: () => number): Float32Array {
  const normal = seededNormal(uniform);
  const noise = new Float32Array(lengthSamples);
  for (let n = 0; n < lengthSamples; n++) noise[n] = normal();
  return noise;
}

/**
 * Noise of one kind with an RMS of 1.
 * @param voices - What the talkers of `babble` say; without any it is silent.
 */
export function noiseOf(
  kind: NoiseKind,
  {
    lengthSamples,
    rateHz,
    uniform,
    voices,
  }: {
    readonly lengthSamples: number;
    readonly rateHz: number;
    readonly uniform: () => number;
    readonly voices: readonly PcmClip[];
  },
): Float32Array {
  const noise =
    kind === 'babble'
      ? babble(lengthSamples, rateHz, uniform, voices)
      : kind === 'hum'
        ? hum(lengthSamples, rateHz, uniform)
        : white(lengthSamples, uniform);
  let energy = 0;
  for (const value of noise) energy += value * value;
  if (energy === 0) return noise;
  const gain = sqrt(lengthSamples / energy);
  for (let n = 0; n < lengthSamples; n++) noise[n] = (noise[n] ?? 0) * gain;
  return noise;
}
