import { derivedSeed, seededNormal, seededUniform } from '../units';
import { activeSpeechLevel } from './active-speech-level';
import { peakDbFs } from './levels';
import type { PcmClip } from './pcm-clip';
import { convolved, roomResponse } from './room-response';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, exp, max, min, round, sqrt } = Math;

/** A listener some two metres away in a living room hears as much of the room as of the talker. */
const DIRECT_TO_REVERBERANT_DB = 0;
/** Noise of rooms and streets falls from some hundred hertz on, as speech does; below there is nothing that a small loudspeaker plays. */
const NOISE_BAND_HZ = { low: 100, high: 1_000 } as const;
/**
 * It is there when somebody begins to speak, and long enough that whoever listens has got used to it; and it stays until a turn
 * must have been noticed to be over, so that no pause of the noise tells.
 */
const NOISE_MS = { lead: 7_000, tail: 800 } as const;
/**
 * It comes up by 40 dB in this time. Detectors of speech learn the noise between words at some decibels a second: noise that came up by 17
 * dB a second was taken for speech by the mock's own, at 7 dB a second it was not (30 to 5 dB SNR, three seeds each).
 */
const RISE_MS = 6_000;
const RISE_DB = 40;
const FADE_OUT_MS = 200;
/** A converter's filter overshoots the samples a little. */
const HIGHEST_PEAK_DBFS = -0.5;

/** What is added to a recording. */
export interface SoundConditions {
  /** Active speech level (ITU-T P.56) over the RMS of the noise, in dB; undefined: no noise. */
  readonly snrDb?: number | undefined;
  /** Reverberation time in ms; undefined: no room. */
  readonly rt60Ms?: number | undefined;
}

/** A recording with what was added to it. */
export interface ConditionedSound {
  readonly clip: PcmClip;
  /** Noise ahead of the recording: its sample 0 is this one of the clip. */
  readonly leadSamples: number;
  /** Active speech level (ITU-T P.56) of the speech in it, in dBFS; undefined: it holds none. */
  readonly speechLevelDbFs: number | undefined;
  /** RMS of the noise in it, in dBFS; undefined: none was added. */
  readonly noiseLevelDbFs: number | undefined;
}

const rmsOf = (samples: Float32Array): number =>
  sqrt(samples.reduce((sum, value) => sum + value * value, 0) / max(1, samples.length));

/** Noise with an RMS of 1: white, through a first-order high-pass and low-pass. */
function backgroundNoise(lengthSamples: number, rateHz: number, uniform: () => number): Float32Array {
  const normal = seededNormal(uniform);
  const [keepLow, keepHigh] = [NOISE_BAND_HZ.low, NOISE_BAND_HZ.high].map((hz) =>
    exp((-2 * PI * hz) / rateHz),
  ) as [number, number];
  const noise = new Float32Array(lengthSamples);
  let smooth = 0;
  let rumble = 0;
  for (let n = 0; n < lengthSamples; n += 1) {
    smooth = keepHigh * smooth + (1 - keepHigh) * normal();
    rumble = keepLow * rumble + (1 - keepLow) * smooth;
    noise[n] = smooth - rumble;
  }
  const gain = 1 / max(1e-12, rmsOf(noise));
  return noise.map((value) => value * gain);
}

/** Up in decibels at the beginning, half a cosine down at the end, in place. */
function fade(samples: Float32Array, rateHz: number): void {
  const rise = round((RISE_MS * rateHz) / 1000);
  const step = 10 ** (RISE_DB / 20 / rise);
  let gain = 10 ** (-RISE_DB / 20);
  for (let n = 0; n < min(rise, samples.length); n += 1) {
    samples[n] = (samples[n] ?? 0) * gain;
    gain *= step;
  }
  const fall = round((FADE_OUT_MS * rateHz) / 1000);
  for (let n = 0; n < min(fall, samples.length); n += 1) {
    const at = samples.length - 1 - n;
    samples[at] = (samples[at] ?? 0) * 0.5 * (1 - cos((PI * n) / fall));
  }
}

/**
 * A recording in a room, in noise, or both; the same every time for one seed. The direct sound of the room comes first and at
 * sample 0 of its response, so annotations of the recording hold behind `leadSamples`. The speech keeps its active level, unless the peaks of the
 * sum would pass -0.5 dBFS: then everything is lower, the ratio kept.
 * @param clip - Mono, 8 000 to 48 000 Hz. With noise it comes out 7.8 s longer, with a room by its reverberation.
 */
export function underConditions(
  clip: PcmClip,
  { snrDb, rt60Ms }: SoundConditions,
  seed: number,
): ConditionedSound {
  const { samples: dry, rateHz } = clip;
  const levelDbFs = activeSpeechLevel(dry, rateHz)?.levelDbFs;
  const uniformOf = (purpose: string): (() => number) => seededUniform(derivedSeed(seed, purpose));
  let samples = dry.slice();
  if (rt60Ms !== undefined && rt60Ms > 0 && levelDbFs !== undefined) {
    const room = { rt60Ms, directToReverberantDb: DIRECT_TO_REVERBERANT_DB };
    const wet = convolved(dry, roomResponse(room, rateHz, uniformOf('room')));
    const louderDb = (activeSpeechLevel(wet, rateHz)?.levelDbFs ?? levelDbFs) - levelDbFs;
    samples = wet.map((value) => value * 10 ** (-louderDb / 20));
  }
  let noiseLevelDbFs: number | undefined;
  let leadSamples = 0;
  if (snrDb !== undefined && levelDbFs !== undefined) {
    const [lead, tail] = [NOISE_MS.lead, NOISE_MS.tail].map((ms) => round((ms * rateHz) / 1000)) as [
      number,
      number,
    ];
    leadSamples = lead;
    const speech = samples;
    const noise = backgroundNoise(lead + samples.length + tail, rateHz, uniformOf('noise'));
    noiseLevelDbFs = levelDbFs - snrDb;
    const gain = 10 ** (noiseLevelDbFs / 20);
    fade(noise, rateHz);
    samples = noise.map((value, n) => value * gain + (speech[n - lead] ?? 0));
  }
  const overDb = max(0, (peakDbFs(samples) ?? -Infinity) - HIGHEST_PEAK_DBFS);
  const isChanged = snrDb !== undefined || rt60Ms !== undefined;
  if (isChanged && overDb > 0) samples = samples.map((value) => value * 10 ** (-overDb / 20));
  const lowered = (level: number | undefined): number | undefined =>
    level === undefined ? undefined : level - (isChanged ? overDb : 0);
  return {
    clip: { samples, rateHz },
    leadSamples,
    speechLevelDbFs: lowered(levelDbFs),
    noiseLevelDbFs: lowered(noiseLevelDbFs),
  };
}
