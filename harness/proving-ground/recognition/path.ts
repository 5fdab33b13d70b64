import { convolved, roomResponse, timeScaled, toPcm16, type PcmClip } from '../../audio';
import { seededNormal, seededUniform } from '../../units';
import { OPUS_RATE_HZ, throughOpus } from '../simulation/opus-path';

const { PI, cos, exp, floor, round, sin, sqrt } = Math;

export const backgrounds = ['white', 'pink', 'hum'] as const;
export type Background = (typeof backgrounds)[number];

/** How a sound gets from the talker to the provider. */
export interface Path {
  readonly seed: number;
  /** Played at this rate: time and pitch change together. */
  readonly speed: number;
  readonly gainDb: number;
  /** Active speech level at the microphone, reverberation included, over the noise, 0 to 8 kHz. */
  readonly snrDb: number;
  readonly background: Background;
  /** 0: no room. */
  readonly rt60Ms: number;
  readonly directToReverberantDb: number;
  /** What loudspeaker and microphone pass, first order at the bottom, steep at the top. */
  readonly lowHz: number;
  readonly highHz: number;
  /** Treble against bass. */
  readonly tiltDb: number;
}

/** Draws a path; the signal-to-noise ratio is given or lies between 10 and 30 dB. */
export function drawPath(seed: number, snrDb?: number): Path {
  const uniform = seededUniform(seed);
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  const oneOf = <T>(values: readonly T[]): T => values[floor(uniform() * values.length)] as T;
  const snr = between(10, 30);
  return {
    seed,
    speed: between(0.95, 1.05),
    gainDb: between(-25, 0),
    snrDb: snrDb ?? snr,
    background: oneOf(['white', 'white', 'pink', 'hum']),
    rt60Ms: uniform() < 0.25 ? 0 : between(100, 600),
    directToReverberantDb: between(-6, 6),
    lowHz: oneOf([80, 150, 300]),
    highHz: oneOf([3400, 5500, 7000, 8000, 8000]),
    tiltDb: between(-4, 4),
  };
}

const RATE_HZ = OPUS_RATE_HZ;
const STREAM_RATE_HZ = 24_000;
/** Active level of every clip, which the noise refers to. */
const SPEECH_GAIN = 10 ** (-20 / 20);
const LEAD_MS = 700;
const TAIL_MS = 700;

/**
 * What a provider receives of a clip: mono 16-bit at 24 000 Hz, with stretches of noise around it. Time and pitch as played,
 * room, loudspeaker and microphone, noise, gain, Opus at 16 kHz and 24 kbit/s.
 */
export function received(clip: PcmClip, path: Path): Int16Array {
  const uniform = seededUniform(path.seed ^ 0x5bd1e995);
  const step = (path.speed * clip.rateHz) / RATE_HZ;
  const speech = timeScaled(clip.samples, {
    start: 0,
    step,
    lengthSamples: floor(clip.samples.length / step),
  });
  const lead = round((LEAD_MS + 20 * uniform()) * 16);
  let sound = new Float32Array(lead + speech.length + TAIL_MS * 16);
  sound.set(speech, lead);
  if (path.rt60Ms > 0) {
    const length = sound.length;
    sound = new Float32Array(convolved(sound, roomResponse(path, RATE_HZ, uniform)).subarray(0, length));
  }
  shape(sound, path);
  setLevel(sound, speech);
  addBackground(sound, path, uniform);
  const gain = 10 ** (path.gainDb / 20);
  const coded = throughOpus(sound.map((sample) => sample * gain));
  const upStep = RATE_HZ / STREAM_RATE_HZ;
  return toPcm16(timeScaled(coded, { start: 0, step: upStep, lengthSamples: floor(coded.length / upStep) }))
    .pcm;
}

/** Gives a sound the energy that the talker's had, so that the ratio to noise is that at the microphone; in place. */
function setLevel(sound: Float32Array, speech: Float32Array): void {
  const energyOf = (samples: Float32Array): number => samples.reduce((sum, value) => sum + value * value, 0);
  const gain = sqrt(energyOf(speech) / (energyOf(sound) + 1e-12));
  for (let n = 0; n < sound.length; n++) sound[n] = (sound[n] as number) * gain;
}

/** High pass, shelf and low pass, in place. */
function shape(sound: Float32Array, { lowHz, highHz, tiltDb }: Path): void {
  const low = exp((-2 * PI * lowHz) / RATE_HZ);
  const shelf = 1 - exp((-2 * PI * 1200) / RATE_HZ);
  const treble = 10 ** (tiltDb / 20);
  let [before, high, smooth] = [0, 0, 0];
  for (let n = 0; n < sound.length; n++) {
    const sample = sound[n] as number;
    high = low * (high + sample - before);
    before = sample;
    smooth += shelf * (high - smooth);
    sound[n] = smooth + treble * (high - smooth);
  }
  if (highHz < RATE_HZ / 2) lowPass(sound, highHz);
}

/** Windowed sinc of 65 taps, in place, delayed by 2 ms. */
function lowPass(sound: Float32Array, edgeHz: number): void {
  const half = 32;
  const corner = edgeHz / RATE_HZ;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half;
    const window = 0.5 + 0.5 * cos((PI * n) / (half + 1));
    return window * (n === 0 ? 2 * corner : sin(2 * PI * corner * n) / (PI * n));
  });
  for (let at = sound.length - 1; at >= 0; at--) {
    let sum = 0;
    for (let index = 0; index < taps.length && index <= at; index++)
      sum += (taps[index] as number) * (sound[at - index] as number);
    sound[at] = sum;
  }
}

function addBackground(sound: Float32Array, { snrDb, background }: Path, uniform: () => number): void {
  const noise = backgroundOf(background, sound.length, uniform);
  let energy = 0;
  for (const value of noise) energy += value * value;
  const gain = (SPEECH_GAIN * 10 ** (-snrDb / 20)) / sqrt(energy / noise.length);
  for (let n = 0; n < sound.length; n++) sound[n] = (sound[n] as number) + gain * (noise[n] as number);
}

export function backgroundOf(kind: Background, lengthSamples: number, uniform: () => number): Float32Array {
  const normal = seededNormal(uniform);
  if (kind === 'white') return Float32Array.from({ length: lengthSamples }, normal);
  if (kind === 'pink') {
    // Poles and zeros of Kellet's filter: within 0.5 dB of 1/f from 40 Hz on at this rate.
    let [a, b, c] = [0, 0, 0];
    return Float32Array.from({ length: lengthSamples }, () => {
      const white = normal();
      a = 0.99765 * a + white * 0.099046;
      b = 0.963 * b + white * 0.2965164;
      c = 0.57 * c + white * 1.0526913;
      return a + b + c + white * 0.1848;
    });
  }
  // Mains, its harmonics falling with their number, over a little white noise.
  const mainsHz = uniform() < 0.5 ? 50 : 60;
  const phases = Array.from({ length: 40 }, () => 2 * PI * uniform());
  return Float32Array.from({ length: lengthSamples }, (_, n) => {
    let sum = 0.05 * normal();
    for (let k = 1; k <= phases.length; k++)
      sum +=
        ((k % 2 === 1 ? 1 : 0.4) / k) * sin((phases[k - 1] as number) + (2 * PI * mainsHz * k * n) / RATE_HZ);
    return sum;
  });
}
