/** What a provider receives of a clip through gain, noise, a room and a band limit: seeded, so that it never changes. */
import { readFileSync } from 'node:fs';
import { readWav } from '../../audio';
import type { SpeechClip } from '../../ports';

export interface Path {
  /** On top of the corpus's -20 dBFS. */
  readonly gainDb: number;
  /** Speech over white noise. */
  readonly snrDb: number;
  /** 0: no reverberation. */
  readonly rt60Ms: number;
  readonly directToReverberantDb: number;
  readonly seed: number;
  /** Rate of the codec; sound over 0.45 of it is cut. Default: nothing is cut. */
  readonly codecRateHz?: number;
  /** Talker's rate against the template's. Default 1. */
  readonly speed?: number;
}

const RATE_HZ = 24_000;

/** Mulberry32: uniform in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

function atSpeed(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length - 2) / speed) }, (_, index) => {
    const from = Math.floor(index * speed);
    const part = index * speed - from;
    return (samples[from] ?? 0) * (1 - part) + (samples[from + 1] ?? 0) * part;
  });
}

/** A sparse noise tail that falls by 60 dB in `rt60Ms`. */
function inRoom(samples: Float32Array, path: Path, random: () => number): Float32Array {
  const taps: { readonly delay: number; readonly gain: number }[] = [];
  const tail = (path.rt60Ms * RATE_HZ) / 1000;
  for (let delay = 72; delay < 0.7 * tail; delay += 14 + Math.floor(random() * 14)) {
    taps.push({ delay, gain: (random() < 0.5 ? -1 : 1) * 10 ** ((-3 * delay) / tail) });
  }
  const energy = taps.reduce((sum, tap) => sum + tap.gain ** 2, 0);
  const scale = Math.sqrt(10 ** (-path.directToReverberantDb / 10) / energy);
  const out = samples.slice();
  for (const { delay, gain } of taps) {
    for (let index = delay; index < out.length; index++) {
      out[index] = (out[index] ?? 0) + gain * scale * (samples[index - delay] ?? 0);
    }
  }
  return out;
}

function lowPass(samples: Float32Array, edgeHz: number): Float32Array {
  const half = 40;
  const corner = edgeHz / RATE_HZ;
  const taps = Float32Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * n) / half);
    return window * (n === 0 ? 2 * corner : Math.sin(2 * Math.PI * corner * n) / (Math.PI * n));
  });
  return samples.map((_, at) => {
    let sum = 0;
    for (let index = 0; index < taps.length; index++)
      sum += (taps[index] ?? 0) * (samples[at + half - index] ?? 0);
    return sum;
  });
}

/** Mono 16-bit at 24 000 Hz: silence with noise, the clip, silence with noise. */
export function received(clip: SpeechClip, path: Path, leadMs: number, tailMs: number): Int16Array {
  const random = uniform(path.seed);
  const source = readWav(readFileSync(clip.path)).channels[0] ?? new Float32Array();
  const speech = path.speed === undefined ? source : atSpeed(source, path.speed);
  let out = new Float32Array(24 * (leadMs + tailMs) + speech.length);
  out.set(speech, 24 * leadMs);
  if (path.rt60Ms > 0) out = inRoom(out, path, random) as Float32Array<ArrayBuffer>;
  const power = speech.reduce((sum, sample) => sum + sample * sample, 0) / speech.length;
  const noise = Math.sqrt(power) * 10 ** (-path.snrDb / 20);
  for (let index = 0; index < out.length; index++) out[index] = (out[index] ?? 0) + noise * gaussian(random);
  if (path.codecRateHz !== undefined)
    out = lowPass(out, 0.45 * path.codecRateHz) as Float32Array<ArrayBuffer>;
  const gain = 32768 * 10 ** (path.gainDb / 20);
  return Int16Array.from(out, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain))));
}
