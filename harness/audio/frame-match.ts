import type { SearchableSound } from './locate';
import type { Segment } from './segments';
import { decimated } from './time-scale';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min } = Math;

/** What is there is decided frame by frame; a third of the shortest period that audio drivers drop (10 ms). */
export const FRAME_MS = 5;
/** Segments whose places differ by less belong together: clocks move them, and the room. */
const JUMP_MS = 0.5;
/** Share of a frame's expected waveform from which on it counts as there, and below which it may be missing. */
const PRESENT = 0.5;
/**
 * Noise is what the quietest tenth of the frames leaves, where speech has pauses, or what is left without the reference, where
 * no room adds to it.
 */
const NOISE_PERCENTILE = 0.1;

/** Segments in a row that stand in one place, but for what the clocks move them. In coarse samples of the reference. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly { readonly from: number; readonly to: number; readonly displacement: number }[];
}

export const firstDisplacement = ({ parts }: Passage): number => parts[0]?.displacement ?? 0;
export const lastDisplacement = ({ parts }: Passage): number => parts.at(-1)?.displacement ?? 0;

function passagesOf(segments: readonly Segment[], factor: number, jump: number): Passage[] {
  const passages: Passage[] = [];
  for (const { fromSample, toSample, displacementSamples } of segments) {
    if (displacementSamples === undefined) continue;
    const [from, to] = [fromSample / factor, toSample / factor];
    const part = { from, to, displacement: displacementSamples / factor };
    const last = passages.at(-1);
    if (last !== undefined && abs(lastDisplacement(last) - part.displacement) < jump)
      passages[passages.length - 1] = { from: last.from, to, parts: [...last.parts, part] };
    else passages.push({ from, to, parts: [part] });
  }
  // One segment off between two that agree was taken one pitch period off.
  return passages.filter((passage, index) => {
    const [before, after] = [passages[index - 1], passages[index + 1]];
    const agree = before && after && abs(lastDisplacement(before) - firstDisplacement(after)) < jump;
    return agree !== true || passage.parts.length > 1;
  });
}

/**
 * Difference over two samples: evens out the spectrum of speech, whose low notes would match themselves everywhere, and
 * leaves out what lies near half the rate, which a fraction of a sample turns round.
 */
function differences(samples: Float32Array): Float32Array {
  const out = samples.slice();
  for (let n = 2; n < out.length; n++) out[n] = (samples[n] as number) - (samples[n - 2] as number);
  return out;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[floor(sorted.length * share)] ?? 0;
}

/** A frame of a reference and what the sound has in its place. */
export interface Frame {
  /** Number of the frame in the reference. */
  readonly k: number;
  /** Energy of the reference, of the sound, and their product. */
  readonly energy: number;
  readonly heard: number;
  readonly product: number;
}

/**
 * A reference beside a sound, frame by frame, where segments were found; and what these show on the whole: how loud the
 * reference is in the sound, and what else there is.
 */
export class FrameMatch {
  /** Parts that stand in one place each, in order. */
  readonly passages: readonly Passage[];
  /** Samples at the coarse rate. */
  readonly frameSamples: number;
  /** Amplitude of the reference's waveform in the sound. */
  readonly gain: number;
  /** Energy of the sound over that of the reference, without the noise: a room adds to it. */
  readonly energyGain: number;
  /** Energy in one frame. */
  readonly noise: number;
  private readonly reference: Float32Array;
  private readonly heard: Float32Array;
  private readonly factor: number;

  /** @param segments - Of the reference, in order, as `followSegments` found them. @param stretchPpm - How much longer the sound takes, by its clock. */
  constructor(
    sound: SearchableSound,
    reference: Float32Array,
    segments: readonly Segment[],
    private readonly stretchPpm: number,
  ) {
    this.factor = sound.coarseFactor;
    const inMs = sound.rateHz / this.factor / 1000;
    this.reference = differences(decimated(reference, this.factor));
    this.heard = differences(sound.coarse);
    this.frameSamples = Math.round(FRAME_MS * inMs);
    this.passages = passagesOf(segments, this.factor, JUMP_MS * inMs);

    const there = this.passages.flatMap((passage) =>
      this.frames(ceil(passage.from / this.frameSamples), floor(passage.to / this.frameSamples), passage),
    );
    const sum = (of: (frame: Frame) => number): number => there.reduce((total, one) => total + of(one), 0);
    const energy = max(
      Number.MIN_VALUE,
      sum((one) => one.energy),
    );
    const gain = sum(({ product }) => product) / energy;
    this.gain = gain;
    this.noise = min(
      quantile(
        there.map(({ heard }) => heard),
        NOISE_PERCENTILE,
      ),
      quantile(
        there.map((one) => one.heard - 2 * gain * one.product + gain * gain * one.energy),
        0.5,
      ),
    );
    this.energyGain = max(0, sum(({ heard }) => heard) - this.noise * there.length) / energy;
  }

  /** Frame that holds a sample of the reference at its full rate, fractional. */
  frameOf(sample: number): number {
    return sample / this.factor / this.frameSamples;
  }

  /** Sample of the sound, at its full rate, at which a frame begins that is displaced by so many coarse samples. */
  soundSample(k: number, displacement: number): number {
    return (k * this.frameSamples + displacement) * this.factor;
  }

  /** Frames `begin` to `end` of the reference where the passage puts them. */
  frames(begin: number, end: number, passage: Pick<Passage, 'parts'>): Frame[] {
    return Array.from({ length: max(0, end - begin) }, (_, i) => this.frameAt(begin + i, passage));
  }

  /** How much more (positive) or less than half of the expected waveform a frame shows. */
  evidence({ energy, product }: Frame): number {
    return product * this.gain - PRESENT * this.gain * this.gain * energy;
  }

  /** Frame up to which, from `begin` on, the reference stands where the passage puts it. */
  holdsUntil(begin: number, end: number, passage: Pick<Passage, 'parts'>): number {
    let [sum, best, until] = [0, 0, begin];
    for (const frame of this.frames(begin, end, passage)) {
      sum += this.evidence(frame);
      if (sum >= best) [best, until] = [sum, frame.k + 1];
    }
    return until;
  }

  /** Frame from which on, to `end`, it stands there. */
  holdsFrom(begin: number, end: number, passage: Pick<Passage, 'parts'>): number {
    let [sum, best, since] = [0, 0, end];
    for (const frame of this.frames(begin, end, passage).reverse()) {
      sum += this.evidence(frame);
      if (sum >= best) [best, since] = [sum, frame.k];
    }
    return since;
  }

  private frameAt(k: number, { parts }: Pick<Passage, 'parts'>): Frame {
    const { reference, heard: sound, frameSamples } = this;
    const part = parts.find(({ to }) => k * frameSamples < to) ?? parts.at(-1);
    const fromCentre = (k + 0.5) * frameSamples - ((part?.from ?? 0) + (part?.to ?? 0)) / 2;
    const displacement = (part?.displacement ?? 0) + fromCentre * this.stretchPpm * 1e-6;
    const shift = floor(displacement);
    const toNext = displacement - shift;
    let energy = 0;
    let heard = 0;
    let product = 0;
    for (let n = k * frameSamples; n < (k + 1) * frameSamples; n++) {
      const wanted = reference[n] ?? 0;
      const before = sound[n + shift] ?? 0;
      const there = before + toNext * ((sound[n + shift + 1] ?? 0) - before);
      energy += wanted * wanted;
      heard += there * there;
      product += wanted * there;
    }
    return { k, energy, heard, product };
  }
}
