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
  /** Bands that it passes. */
  readonly bands: readonly number[];
}

/** The bands that an 8 kHz channel passes. */
const TELEPHONE_BANDS = 20;

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
/** Quieter than this under the loud frames nothing is compared: what a recording has there, a room has not. */
const FLOOR_BELOW_SPEECH = 10 ** (-34 / 10);
const CUT_BELOW_SPEECH = 10 ** (-36 / 10);
/** An equaliser is smooth: a band's gain stays within this factor of the middle one's. */
const MOST_EQUALISATION = 10 ** (12 / 10);

/** @param leadInFrames - Frames at the front without speech; fewer than 4 and the quietest of all are taken. */
export function channelOf(heard: BandEnergies, leadInFrames: number): Channel {
  const noise = new Float32Array(BANDS);
  const speech = new Float32Array(BANDS);
  const loudest = new Float32Array(BANDS);
  let loud = 0;
  for (let band = 0; band < BANDS; band++) {
    const all = Array.from({ length: heard.frames }, (_, frame) => heard.energies[frame * BANDS + band] ?? 0);
    const quiet = leadInFrames >= 4 ? all.slice(0, leadInFrames) : [...all].sort((a, b) => a - b).slice(0, 8);
    const level = median(quiet);
    noise[band] = level;
    speech[band] = all.slice(leadInFrames).reduce((sum, energy) => sum + energy - level, 0);
    const falling = [...all].sort((a, b) => b - a);
    loud += falling[Math.floor(heard.frames / 10)] ?? 0;
    loudest[band] = falling[2] ?? 0;
  }
  const bands = Array.from({ length: BANDS }, (_, band) => band);
  // What a codec cuts is cut for noise and speech alike: such bands hold next to nothing.
  const cut = (loud / BANDS) * CUT_BELOW_SPEECH;
  const passed = bands.filter((band) => band < TELEPHONE_BANDS || (loudest[band] as number) > cut);
  return { noise, speech, floor: (loud / BANDS) * FLOOR_BELOW_SPEECH, bands: passed };
}

/** Energies weighted 1 : 2 : 1 over neighbouring frames, which halves what noise does to them. */
function smoothed(energies: Float32Array): Float32Array {
  const bands = BANDS;
  const out = new Float32Array(energies.length);
  for (let at = 0; at < out.length; at++) {
    const here = energies[at] as number;
    const before = at < bands ? here : (energies[at - bands] as number);
    const after = at + bands < out.length ? (energies[at + bands] as number) : here;
    out[at] = (before + 2 * here + after) / 4;
  }
  return out;
}

/**
 * What was heard, in dB over the common floor, in the bands that the channel passes.
 * @param every - Takes each frame (1) or each second one (2).
 */
export function heardLevels(heard: BandEnergies, channel: Channel, every: number): LogFrames {
  return levelsOf(smoothed(heard.energies), channel, channel.bands, every, (energy, band) =>
    // Below the noise there is nothing to hear.
    Math.max(energy, channel.noise[band] as number),
  );
}

/** The template as it would have been heard through this channel in this room, in dB over the common floor. */
export function modelLevels(
  template: FingerprintTemplate,
  channel: Channel,
  room: Room | undefined,
  every: number,
): LogFrames {
  const energies = smoothed(room ? ringing(template.energies, room) : template.energies);
  const gains = bandGains(energies, channel);
  return levelsOf(
    energies,
    channel,
    channel.bands,
    every,
    (energy, band) => energy * (gains[band] as number) + (channel.noise[band] as number),
  );
}

function levelsOf(
  energies: Float32Array,
  channel: Channel,
  bands: readonly number[],
  every: number,
  arriving: (energy: number, band: number) => number,
): LogFrames {
  const frames = Math.ceil(energies.length / BANDS / every);
  const levels = new Float32Array(frames * bands.length);
  let out = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (const band of bands) {
      const energy = arriving(energies[frame * every * BANDS + band] as number, band);
      levels[out++] = 4.342944819 * Math.log(energy + channel.floor);
    }
  }
  return { frames, bands: bands.length, levels };
}

function ringing(energies: Float32Array, room: Room): Float32Array {
  const decay = 10 ** ((-6 * HOP_MS) / room.rt60Ms);
  const share = 10 ** (room.reverberantToDirectDb / 10) * (1 - decay);
  const out = new Float32Array(energies.length);
  const tail = new Float32Array(BANDS);
  for (let at = 0; at < energies.length; at += BANDS) {
    for (let band = 0; band < BANDS; band++) {
      const energy = energies[at + band] as number;
      const ring = (tail[band] as number) * decay + energy * share;
      tail[band] = ring;
      out[at + band] = energy + ring;
    }
  }
  return out;
}

/** How much louder each band was heard than the template has it, as energy. */
function bandGains(energies: Float32Array, channel: Channel): Float32Array {
  const totals = new Float32Array(BANDS);
  for (let at = 0; at < energies.length; at += BANDS) {
    for (let band = 0; band < BANDS; band++)
      totals[band] = (totals[band] as number) + (energies[at + band] as number);
  }
  const raw = totals.map((total, band) => Math.max(channel.speech[band] as number, 0) / (total + 1e-20));
  const middle = median([...raw.subarray(0, TELEPHONE_BANDS)]);
  return raw.map((gain) => Math.min(Math.max(gain, middle / MOST_EQUALISATION), middle * MOST_EQUALISATION));
}
