import { BANDS, HOP_MS, type BandEnergies } from './band-energies';
import type { LogFrames } from './align';
import type { FingerprintTemplate } from './template';

/** A room as a template feels it: each frame's energy rings on. */
export interface Room {
  readonly rt60Ms: number;
  /** Energy of all that rings on against the direct sound. */
  readonly reverberantToDirectDb: number;
}

/** Dry, and rooms that between them come near any between 0.2 and 0.6 s. */
export const rooms: readonly (Room | undefined)[] = [
  undefined,
  { rt60Ms: 250, reverberantToDirectDb: -4 },
  { rt60Ms: 250, reverberantToDirectDb: 3 },
  { rt60Ms: 500, reverberantToDirectDb: -4 },
  { rt60Ms: 500, reverberantToDirectDb: 3 },
];

/** The channel between talker and provider, read off what was heard. */
export interface Channel {
  /** Energy of noise per band. */
  readonly noise: Float32Array;
  /** Added to both sides so that silence compares with silence. */
  readonly floor: number;
  /** Heard energy per band, noise taken off. */
  readonly speech: Float32Array;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
/** Quieter than this under the loud frames nothing is compared: what a recording has there, a room has not. */
const FLOOR_BELOW_SPEECH = 10 ** (-34 / 10);
/** An equaliser is smooth: a band's gain stays within this factor of the middle one's. */
const MOST_EQUALISATION = 10 ** (12 / 10);

/** @param leadInFrames - Frames at the front without speech; fewer than 4 and the quietest of all are taken. */
export function channelOf(heard: BandEnergies, leadInFrames: number): Channel {
  const noise = new Float32Array(BANDS);
  const speech = new Float32Array(BANDS);
  let loud = 0;
  for (let band = 0; band < BANDS; band++) {
    const all = Array.from({ length: heard.frames }, (_, frame) => heard.energies[frame * BANDS + band] ?? 0);
    const quiet = leadInFrames >= 4 ? all.slice(0, leadInFrames) : [...all].sort((a, b) => a - b).slice(0, 8);
    const level = median(quiet);
    noise[band] = level;
    speech[band] = all.slice(leadInFrames).reduce((sum, energy) => sum + energy - level, 0);
    loud += [...all].sort((a, b) => b - a)[Math.floor(heard.frames / 10)] ?? 0;
  }
  return { noise, speech, floor: (loud / BANDS) * FLOOR_BELOW_SPEECH };
}

const decibels = (energy: number): number => 4.342944819 * Math.log(energy + 1e-20);

/** What was heard, in dB over the common floor. */
export function heardLevels(heard: BandEnergies, channel: Channel): LogFrames {
  return { frames: heard.frames, levels: heard.energies.map((energy) => decibels(energy + channel.floor)) };
}

function ringing(energies: Float32Array, room: Room): Float32Array {
  const decay = 10 ** ((-6 * HOP_MS) / room.rt60Ms);
  const share = 10 ** (room.reverberantToDirectDb / 10) * (1 - decay);
  const out = new Float32Array(energies.length);
  const tail = new Float32Array(BANDS);
  for (let at = 0; at < energies.length; at += BANDS) {
    for (let band = 0; band < BANDS; band++) {
      const energy = energies[at + band] ?? 0;
      const ring = (tail[band] ?? 0) * decay + energy * share;
      tail[band] = ring;
      out[at + band] = energy + ring;
    }
  }
  return out;
}

/** The template as it would have been heard through this channel in this room, in dB over the common floor. */
export function modelLevels(
  template: FingerprintTemplate,
  channel: Channel,
  room: Room | undefined,
): LogFrames {
  const energies = room ? ringing(template.energies, room) : template.energies;
  const frames = energies.length / BANDS;
  const gains = bandGains(energies, channel);
  const levels = new Float32Array(energies.length);
  for (let at = 0; at < levels.length; at += BANDS) {
    for (let band = 0; band < BANDS; band++) {
      const energy = (energies[at + band] ?? 0) * (gains[band] ?? 0);
      levels[at + band] = decibels(energy + (channel.noise[band] ?? 0) + channel.floor);
    }
  }
  return { frames, levels };
}

function bandGains(energies: Float32Array, channel: Channel): Float32Array {
  const totals = new Float32Array(BANDS);
  for (let at = 0; at < energies.length; at++) {
    const band = at % BANDS;
    totals[band] = (totals[band] ?? 0) + (energies[at] ?? 0);
  }
  const raw = totals.map((total, band) => Math.max(channel.speech[band] ?? 0, 0) / (total + 1e-20));
  const middle = median([...raw]);
  return raw.map((gain) => Math.min(Math.max(gain, middle / MOST_EQUALISATION), middle * MOST_EQUALISATION));
}
