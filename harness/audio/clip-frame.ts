import { activeSpeechLevel } from './active-speech-level';
import { peakDbFs } from './levels';
import type { PcmClip } from './pcm-clip';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, max, min, round } = Math;

/** Highest peak of a clip, in dBFS: a converter's filter overshoots the samples by up to a decibel. */
const HIGHEST_PEAK_DBFS = -1;
/** What rounding to 16 bits may add to a peak. */
const PEAK_RESERVE_DB = 0.1;

/** Silence around the speech of a clip, and the slope into it. */
export interface SpeechFrame {
  readonly leadMs: number;
  readonly tailMs: number;
  /** What lies outside the speech is faded over this much and then left out. */
  readonly fadeMs: number;
}

/**
 * The speech of a recording between digital silences: its first sample falls on `leadMs` exactly, to the sample.
 * @param speech - First and last speech sample, as `annotateSpeech` gives them.
 */
export function framedSpeech(
  { samples, rateHz }: PcmClip,
  { onsetSample, offsetSample }: { readonly onsetSample: number; readonly offsetSample: number },
  { leadMs, tailMs, fadeMs }: SpeechFrame,
): PcmClip {
  const [lead, tail, fade] = [leadMs, tailMs, fadeMs].map((ms) => round((ms * rateHz) / 1000)) as [
    number,
    number,
    number,
  ];
  const framed = new Float32Array(lead + (offsetSample + 1 - onsetSample) + tail);
  for (let index = 0; index < framed.length; index += 1) {
    const source = index - lead + onsetSample;
    const outside = max(onsetSample - source, source - offsetSample, 0);
    if (outside < fade || outside === 0)
      framed[index] = (samples[source] ?? 0) * 0.5 * (1 + cos((PI * outside) / max(1, fade)));
  }
  return { samples: framed, rateHz };
}

/** A clip at a wanted level, and how it came there. */
export interface LevelledSpeech {
  readonly clip: PcmClip;
  /** What was added, in dB. */
  readonly gainDb: number;
  /** Active speech level (ITU-T P.56 method B) as it is now; under the wanted one where the peak would pass -1 dBFS. */
  readonly levelDbFs: number;
}

/**
 * A clip at an active speech level (ITU-T P.56 method B), or as near to it as its peaks allow.
 * @returns undefined when the clip holds no speech.
 */
export function levelledSpeech({ samples, rateHz }: PcmClip, levelDbFs: number): LevelledSpeech | undefined {
  const active = activeSpeechLevel(samples, rateHz);
  const peak = peakDbFs(samples);
  if (active === undefined || peak === undefined) return undefined;
  const gainDb = min(levelDbFs - active.levelDbFs, HIGHEST_PEAK_DBFS - PEAK_RESERVE_DB - peak);
  const gain = 10 ** (gainDb / 20);
  return {
    clip: { samples: samples.map((sample) => sample * gain), rateHz },
    gainDb,
    levelDbFs: active.levelDbFs + gainDb,
  };
}
