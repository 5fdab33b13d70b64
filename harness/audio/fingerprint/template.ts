import { BANDS, bandEnergies } from './band-energies';
import { ringing, rooms, smoothed } from './room';
import { waveformOf } from './waveform-check';

/** Silence on both sides of a template, so that what was heard may begin and end within it. */
export const PAD_FRAMES = 24;

/** What one recorded utterance looks like: its speech between two stretches of silence. */
export interface FingerprintTemplate {
  readonly id: string;
  readonly utterance: string;
  /** Frames of speech, pads not counted. */
  readonly speechFrames: number;
  /** As it sounds in each of `rooms`. */
  readonly inRooms: readonly RoomModel[];
  /** Its waveform, made when it is first asked for: few of a corpus are compared as closely as that. */
  readonly waveform: () => Float32Array;
}

/** Energies of a template in one room. */
export interface RoomModel {
  /** Pads included, smoothed over time, `[frame * BANDS + band]`, linear. */
  readonly energies: Float32Array;
  /** Sum over time per band. */
  readonly totals: Float32Array;
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
  const spoken = samples.slice(onsetSample, offsetSample + 1);
  const speech = bandEnergies({ samples: spoken, rateHz });
  const energies = new Float32Array((speech.frames + 2 * PAD_FRAMES) * BANDS);
  energies.set(speech.energies, PAD_FRAMES * BANDS);
  const inRooms = rooms.map((room) => roomModel(smoothed(ringing(energies, room))));
  let waveform: Float32Array | undefined;
  return {
    id,
    utterance,
    speechFrames: speech.frames,
    inRooms,
    waveform: () => (waveform ??= waveformOf(spoken, rateHz)),
  };
}

function roomModel(energies: Float32Array): RoomModel {
  const bands = BANDS;
  const totals = new Float32Array(bands);
  for (let at = 0; at < energies.length; at++) {
    totals[at % bands] = (totals[at % bands] as number) + (energies[at] as number);
  }
  return { energies, totals };
}
