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
  /** Rate of the clip's file. Default: 24 000 Hz. */
  readonly sourceRateHz?: number;
}

const RATE_HZ = 24_000;
/** Taken out of the global object once: Jest's sandbox looks globals up slowly. */
const { cos, floor, imul, log, max, min, PI, round, sin, sqrt } = Math;

/** Mulberry32: uniform in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const gaussian = (random: () => number): number =>
  sqrt(-2 * log(random() + 1e-12)) * cos(2 * PI * random());

function atSpeed(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: floor((samples.length - 2) / speed) }, (_, index) => {
    const from = floor(index * speed);
    const part = index * speed - from;
    return (samples[from] ?? 0) * (1 - part) + (samples[from + 1] ?? 0) * part;
  });
}

/** A sparse noise tail that falls by 60 dB in `rt60Ms`. */
function inRoom(samples: Float32Array, path: Path, random: () => number): Float32Array {
  const taps: { readonly delay: number; readonly gain: number }[] = [];
  const tail = (path.rt60Ms * RATE_HZ) / 1000;
  for (let delay = 72; delay < 0.7 * tail; delay += 14 + floor(random() * 14)) {
    taps.push({ delay, gain: (random() < 0.5 ? -1 : 1) * 10 ** ((-3 * delay) / tail) });
  }
  const energy = taps.reduce((sum, tap) => sum + tap.gain ** 2, 0);
  const scale = sqrt(10 ** (-path.directToReverberantDb / 10) / energy);
  const out = samples.slice();
  for (const { delay, gain } of taps) {
    for (let index = delay; index < out.length; index++) {
      out[index] = (out[index] as number) + gain * scale * (samples[index - delay] as number);
    }
  }
  return out;
}

function lowPass(samples: Float32Array, edgeHz: number): Float32Array {
  const half = 40;
  const corner = edgeHz / RATE_HZ;
  const taps = Float32Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half;
    const window = 0.5 + 0.5 * cos((PI * n) / half);
    return window * (n === 0 ? 2 * corner : sin(2 * PI * corner * n) / (PI * n));
  });
  const out = new Float32Array(samples.length);
  for (let at = half; at < samples.length - half; at++) {
    let sum = 0;
    for (let index = 0; index < taps.length; index++) {
      sum += (taps[index] as number) * (samples[at + half - index] as number);
    }
    out[at] = sum;
  }
  return out;
}

/** Mono 16-bit at 24 000 Hz: silence with noise, the clip, silence with noise. */
export function received(
  clip: Pick<SpeechClip, 'path'>,
  path: Path,
  leadMs: number,
  tailMs: number,
): Int16Array {
  const random = uniform(path.seed);
  const source = readWav(readFileSync(clip.path)).channels[0] ?? new Float32Array();
  const speed = ((path.speed ?? 1) * (path.sourceRateHz ?? RATE_HZ)) / RATE_HZ;
  const speech = speed === 1 ? source : atSpeed(source, speed);
  let out = new Float32Array(24 * (leadMs + tailMs) + speech.length);
  out.set(speech, 24 * leadMs);
  if (path.rt60Ms > 0) out = inRoom(out, path, random) as Float32Array<ArrayBuffer>;
  const power = speech.reduce((sum, sample) => sum + sample * sample, 0) / speech.length;
  const noise = sqrt(power) * 10 ** (-path.snrDb / 20);
  for (let index = 0; index < out.length; index++)
    out[index] = (out[index] as number) + noise * gaussian(random);
  if (path.codecRateHz !== undefined)
    out = lowPass(out, 0.45 * path.codecRateHz) as Float32Array<ArrayBuffer>;
  const gain = 32768 * 10 ** (path.gainDb / 20);
  const pcm = new Int16Array(out.length);
  for (let index = 0; index < pcm.length; index++) {
    pcm[index] = max(-32768, min(32767, round((out[index] as number) * gain)));
  }
  return pcm;
}
