import { BANDS, type BandEnergies } from './band-energies';
import type { LogFrames } from './align';
import { smoothed } from './room';
import type { RoomModel } from './template';

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

const { log } = Math;
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

/**
 * What was heard, in dB over the common floor, in the bands that the channel passes.
 * @param every - Takes each frame (1) or each second one (2).
 */
export function heardLevels(heard: BandEnergies, channel: Channel, every: number): LogFrames {
  return levelsOf(smoothed(heard.energies), channel, every, (energy, band) =>
    // Below the noise there is nothing to hear.
    Math.max(energy, channel.noise[band] as number),
  );
}

/** A template as it would have been heard through this channel, in dB over the common floor. */
export function modelLevels(model: RoomModel, channel: Channel, every: number): LogFrames {
  const gains = bandGains(model.totals, channel);
  return levelsOf(
    model.energies,
    channel,
    every,
    (energy, band) => energy * (gains[band] as number) + (channel.noise[band] as number),
  );
}

function levelsOf(
  energies: Float32Array,
  { bands, floor }: Channel,
  every: number,
  arriving: (energy: number, band: number) => number,
): LogFrames {
  const stride = BANDS * every;
  const count = bands.length;
  const frames = Math.ceil(energies.length / stride);
  const levels = new Float32Array(frames * count);
  let out = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let index = 0; index < count; index++) {
      const band = bands[index] as number;
      const energy = arriving(energies[frame * stride + band] as number, band);
      levels[out++] = 4.342944819 * log(energy + floor);
    }
  }
  return { frames, bands: count, levels };
}

/** How much louder each band was heard than the template has it, as energy. */
function bandGains(totals: Float32Array, channel: Channel): Float32Array {
  const raw = totals.map((total, band) => Math.max(channel.speech[band] as number, 0) / (total + 1e-20));
  const middle = median([...raw.subarray(0, TELEPHONE_BANDS)]);
  return raw.map((gain) => Math.min(Math.max(gain, middle / MOST_EQUALISATION), middle * MOST_EQUALISATION));
}
