import type { CrossSpectrum } from './cross-spectrum';

/** The spectrum is looked at in bands this wide, which is the resolution of the answer. */
const BAND_HZ = 250;
/** Lowest band: below, rooms and hum. */
const LOWEST_HZ = 150;
/** A reference this far below its strongest band has nothing there that a sound could follow. */
const REFERENCE_RANGE_DB = 50;
/** Share of the sound's power in a band that is the reference's; chance gives 1 ÷ frames. */
const COHERENT_FROM = 0.3;
/** A band that comes through this much weaker than the middle one is cut off. */
const CUT_OFF_DB = 20;
/** Frames below which chance looks coherent. */
const LEAST_FRAMES = 12;

interface Band {
  readonly upperHz: number;
  readonly referencePower: number;
  readonly soundPower: number;
  /** 0 to 1. */
  readonly coherence: number;
  /** Power of the reference's part in the sound over its power in the reference. */
  readonly powerGain: number;
}

function bandsOf({ binHz, frames, referencePower, soundPower, re, im }: CrossSpectrum): Band[] {
  const bands: Band[] = [];
  const width = Math.max(1, Math.round(BAND_HZ / binHz));
  for (let first = Math.ceil(LOWEST_HZ / binHz); first + width <= re.length; first += width) {
    let [reference, sound, shared, common] = [0, 0, 0, 0];
    for (let k = first; k < first + width; k++) {
      const [ref, own] = [referencePower[k] ?? 0, soundPower[k] ?? 0];
      const cross = (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
      reference += ref;
      sound += own;
      if (ref <= 0 || own <= 0) continue;
      // Noise has a coherence of about 1 ÷ frames: taken out, so that few frames do not look like likeness.
      shared += Math.max(0, (cross / (ref * own) - 1 / frames) / (1 - 1 / frames)) * own;
      common += cross / ref;
    }
    bands.push({
      upperHz: (first + width - 0.5) * binHz,
      referencePower: reference,
      soundPower: sound,
      coherence: sound > 0 ? shared / sound : 0,
      powerGain: reference > 0 ? common / reference : 0,
    });
  }
  return bands;
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * Highest frequency in Hz up to which a sound follows its reference: the upper end of the last band of 250 Hz whose power is
 * the reference's for the most part and comes through within 20 dB of the middle band. Where the reference itself ends
 * first, it is the reference's end.
 * @param referenceEdgeHz - Half the rate at which the reference was recorded: above, it holds images only.
 * @returns undefined for too few frames (0.15 s at 48 kHz), for a sound that follows nowhere, and where noise hides the edge:
 * above the last band that follows, it is louder than the reference would be.
 */
export function bandEdgeHz(cross: CrossSpectrum, referenceEdgeHz = Infinity): number | undefined {
  if (cross.frames < LEAST_FRAMES) return undefined;
  const bands = bandsOf(cross).filter(({ upperHz }) => upperHz <= referenceEdgeHz);
  const strongest = Math.max(...bands.map(({ referencePower }) => referencePower));
  const usable = bands.filter(
    ({ referencePower }) => referencePower > strongest * 10 ** (-REFERENCE_RANGE_DB / 10),
  );
  const coherent = usable.filter(({ coherence }) => coherence >= COHERENT_FROM);
  const usualGain = middle(coherent.map(({ powerGain }) => powerGain));
  const passed = coherent.filter(({ powerGain }) => powerGain >= usualGain * 10 ** (-CUT_OFF_DB / 10));
  const last = passed.at(-1);
  if (last === undefined) return undefined;
  const above = usable[usable.indexOf(last) + 1];
  const hidden =
    above !== undefined &&
    above.coherence < COHERENT_FROM &&
    above.soundPower > usualGain * above.referencePower;
  return hidden ? undefined : last.upperHz;
}
