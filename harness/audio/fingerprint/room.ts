import { BANDS, HOP_MS } from './band-energies';

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

/** Energies weighted 1 : 2 : 1 over neighbouring frames, which halves what noise does to them. */
export function smoothed(energies: Float32Array): Float32Array {
  // A local, since reading an import in a hot loop is a property access in CommonJS.
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

/** Band energies as they sound in a room. */
export function ringing(energies: Float32Array, room: Room | undefined): Float32Array {
  if (room === undefined) return energies;
  const bands = BANDS;
  const decay = 10 ** ((-6 * HOP_MS) / room.rt60Ms);
  const share = 10 ** (room.reverberantToDirectDb / 10) * (1 - decay);
  const out = new Float32Array(energies.length);
  const tail = new Float32Array(bands);
  for (let at = 0; at < energies.length; at += bands) {
    for (let band = 0; band < bands; band++) {
      const energy = energies[at + band] as number;
      const ring = (tail[band] as number) * decay + energy * share;
      tail[band] = ring;
      out[at + band] = energy + ring;
    }
  }
  return out;
}
