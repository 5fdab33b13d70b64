import type { PcmClip } from '../../audio';
import { seededNormal, seededUniform } from '../../units';
import { backgroundOf } from './path';

const { PI, exp, floor, max, min, sin, sqrt } = Math;

export const musicKinds = ['chords', 'arpeggio', 'drums', 'hummed melody'] as const;
export const noiseKinds = [
  'white',
  'pink',
  'babble',
  'hum',
  'clicks',
  'door slam',
  'syllabic noise',
] as const;
export type SoundKind = (typeof musicKinds)[number] | (typeof noiseKinds)[number];

const RATE_HZ = 24_000;
const RMS = 0.1;

/** A sound that nobody speaks: mono, 24 000 Hz, 1 to 2.2 s as the prompts, RMS -20 dBFS; from a seed. */
export function sound(kind: SoundKind, seed: number, voices: readonly PcmClip[]): PcmClip {
  const uniform = seededUniform(seed);
  const length = floor(RATE_HZ * (1 + 1.2 * uniform()));
  const samples = made(kind, length, uniform, voices);
  let energy = 0;
  for (const value of samples) energy += value * value;
  const gain = RMS / sqrt(energy / length + 1e-12);
  return { samples: samples.map((value) => max(-1, min(1, value * gain))), rateHz: RATE_HZ };
}

function made(
  kind: SoundKind,
  length: number,
  uniform: () => number,
  voices: readonly PcmClip[],
): Float32Array {
  const out = new Float32Array(length);
  switch (kind) {
    case 'white':
    case 'pink':
    case 'hum':
      return backgroundOf(kind, length, uniform);
    case 'chords':
      for (let at = 0; at < length; at += floor(RATE_HZ * (0.25 + 0.5 * uniform()))) {
        const root = 110 * 2 ** (floor(uniform() * 24) / 12);
        for (const third of [0, 4, 7]) note(out, at, root * 2 ** (third / 12), 0.5, 0.2);
      }
      return out;
    case 'arpeggio': {
      const stepSamples = floor(RATE_HZ * (0.08 + 0.15 * uniform()));
      for (let at = 0; at < length; at += stepSamples)
        note(out, at, 130 * 2 ** (floor(uniform() * 30) / 12), 0.25, 0.4);
      return out;
    }
    case 'drums': {
      const beat = floor(RATE_HZ * (0.12 + 0.1 * uniform()));
      for (let at = 0; at < length; at += beat) {
        if (uniform() < 0.5) note(out, at, 60 + 40 * uniform(), 0.12, 1);
        else burst(out, at, 0.04 + 0.1 * uniform(), uniform);
      }
      return out;
    }
    case 'hummed melody': {
      let hz = 150 + 100 * uniform();
      let phase = 0;
      let level = 0;
      for (let n = 0; n < length; n++) {
        if (n % 4800 === 0) hz = 120 * 2 ** (floor(uniform() * 14) / 12);
        level += ((n % 4800 < 4000 ? 1 : 0.1) - level) / 400;
        phase += (2 * PI * hz * (1 + 0.01 * sin((2 * PI * 5 * n) / RATE_HZ))) / RATE_HZ;
        for (let k = 1; k <= 12; k++) out[n] = (out[n] as number) + (level * sin(k * phase)) / k;
      }
      return out;
    }
    case 'babble':
      for (let talker = 0; talker < 5; talker++) {
        const voice = voices[floor(uniform() * voices.length)]?.samples ?? new Float32Array();
        const from = floor(uniform() * voice.length);
        for (let n = 0; n < length; n++)
          out[n] = (out[n] as number) + (voice[(from + n) % max(1, voice.length)] ?? 0);
      }
      return out;
    case 'clicks':
      for (let at = 0; at < length; at += floor(RATE_HZ * (0.02 + 0.2 * uniform())))
        burst(out, at, 0.004, uniform);
      return out;
    case 'door slam':
      note(out, 0, 70 + 50 * uniform(), 0.25, 2);
      burst(out, 0, 0.2, uniform);
      burst(out, floor(0.4 * length), 0.08, uniform);
      return out;
    case 'syllabic noise': {
      const normal = seededNormal(uniform);
      const rate = 3 + 3 * uniform();
      for (let n = 0; n < length; n++)
        out[n] = normal() * max(0.02, sin((2 * PI * rate * n) / RATE_HZ) + 0.3 * uniform());
      return out;
    }
  }
}

/** A struck tone with six harmonics. */
function note(out: Float32Array, at: number, hz: number, decaySeconds: number, gain: number): void {
  for (let n = at; n < min(out.length, at + 4 * decaySeconds * RATE_HZ); n++) {
    const t = (n - at) / RATE_HZ;
    let sum = 0;
    for (let k = 1; k <= 6; k++) sum += sin(2 * PI * hz * k * t) / k;
    out[n] = (out[n] as number) + gain * sum * exp(-t / decaySeconds) * min(1, t / 0.004);
  }
}

/** Noise that dies away. */
function burst(out: Float32Array, at: number, decaySeconds: number, uniform: () => number): void {
  const normal = seededNormal(uniform);
  for (let n = at; n < min(out.length, at + 4 * decaySeconds * RATE_HZ); n++)
    out[n] = (out[n] as number) + normal() * exp(-(n - at) / RATE_HZ / decaySeconds);
}
