import { BANDS, bandEnergies } from './band-energies';

/** Silence on both sides of a template, so that what was heard may begin and end within it. */
export const PAD_FRAMES = 24;

/** What one recorded utterance looks like: its speech between two stretches of silence. */
export interface FingerprintTemplate {
  readonly id: string;
  readonly utterance: string;
  /** Frames of speech, pads not counted. */
  readonly speechFrames: number;
  /** Pads included, `[frame * BANDS + band]`, linear. */
  readonly energies: Float32Array;
}

export interface TemplateSource {
  readonly id: string;
  /** Templates of one utterance never compete with each other. */
  readonly utterance: string;
  /** Mono, full scale ±1. */
  readonly samples: Float32Array;
  readonly rateHz: number;
  /** First and last sample of speech. */
  readonly onsetSample: number;
  readonly offsetSample: number;
}

/** The template of a recorded utterance. */
export function fingerprintTemplate(source: TemplateSource): FingerprintTemplate {
  const { id, utterance, samples, rateHz, onsetSample, offsetSample } = source;
  const speech = bandEnergies({ samples: samples.subarray(onsetSample, offsetSample + 1), rateHz });
  const energies = new Float32Array((speech.frames + 2 * PAD_FRAMES) * BANDS);
  energies.set(speech.energies, PAD_FRAMES * BANDS);
  return { id, utterance, speechFrames: speech.frames, energies };
}
