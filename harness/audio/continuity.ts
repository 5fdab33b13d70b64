import { decimated } from './time-scale';
import type { SearchableSound } from './locate';
import type { Segment } from './segments';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min, round } = Math;

/** What is there is decided frame by frame; a third of the shortest period that audio drivers drop (10 ms). */
const FRAME_MS = 5;
/** Segments whose places differ by less belong together: clocks move them, and the room. */
const JUMP_MS = 0.5;
/** A frame this far below the reference's loudest 200 ms says nothing about what is missing. */
const AUDIBLE_DB = 20;
/** A break is looked for up to this far into the segments on both sides of it: one segment. */
const SEARCH_MS = 200;
/** Share of a frame's expected waveform from which on it counts as there, and below which it may be missing. */
const PRESENT = 0.5;
/** A missing frame has lost its energy, too: rooms and codecs change the waveform of many that are there. */
const SILENT_ENERGY = 0.15;
/**
 * Noise is what the quietest tenth of the frames leaves, where speech has pauses, or what is left without the reference, where
 * no room adds to it. What is to be missed has to stand out of it.
 */
const NOISE_PERCENTILE = 0.1;
const AUDIBLE_OVER_NOISE = 6;
/** Single missing frames are chance; two are the shortest dropout of a driver's period. */
const LEAST_MISSING_FRAMES = 2;

/** A break in the course of a sound. */
export interface Break {
  /** Where it begins in the sound, to about 10 ms. */
  readonly atSample: number;
  readonly lengthMs: number;
}

/** How the course of a known reply departs from its reference. */
export interface Continuity {
  /** Nothing where speech should be: an underrun, after which the rest comes later, or a dropout, after which it does not. */
  readonly gaps: readonly Break[];
  /** Speech that was heard already comes again, and the rest later. */
  readonly repeats: readonly Break[];
  /** Speech left out without a gap, the rest comes earlier; `atSample` is where the sound jumps, the length what is lacking. */
  readonly skips: readonly Break[];
  /** Speech missing before the first and after the last that was found; 0 when nothing audible is missing. */
  readonly leadingCutMs: number;
  readonly trailingCutMs: number;
}

/** Segments in a row that stand in one place, but for what the clocks move them. In coarse samples of the reference. */
interface Passage {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly { readonly from: number; readonly to: number; readonly displacement: number }[];
}

const firstDisplacement = ({ parts }: Passage): number => parts[0]?.displacement ?? 0;
const lastDisplacement = ({ parts }: Passage): number => parts.at(-1)?.displacement ?? 0;

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
const differences = (samples: Float32Array): Float32Array =>
  samples.map((sample, n) => sample - (samples[n - 2] ?? 0));

/** How frames of a reference show in a sound at one displacement. */
class Comparison {
  private readonly reference: Float32Array;
  private readonly heard: Float32Array;
  readonly frame: number;

  constructor(
    sound: SearchableSound,
    reference: Float32Array,
    private readonly stretchPpm: number,
  ) {
    this.reference = differences(decimated(reference, sound.coarseFactor));
    this.heard = differences(sound.coarse);
    this.frame = round((FRAME_MS * sound.rateHz) / sound.coarseFactor / 1000);
  }

  /** Energy of the reference in frame k, of the sound where the passage puts that frame, and their product. */
  frameAt(
    k: number,
    { parts }: Pick<Passage, 'parts'>,
  ): { readonly energy: number; readonly heard: number; readonly product: number } {
    const { reference, heard: sound, frame } = this;
    const part = parts.find(({ to }) => k * frame < to) ?? parts.at(-1);
    const fromCentre = (k + 0.5) * frame - ((part?.from ?? 0) + (part?.to ?? 0)) / 2;
    const displacement = (part?.displacement ?? 0) + fromCentre * this.stretchPpm * 1e-6;
    const shift = floor(displacement);
    const toNext = displacement - shift;
    let energy = 0;
    let heard = 0;
    let product = 0;
    for (let n = k * frame; n < (k + 1) * frame; n++) {
      const wanted = reference[n] ?? 0;
      const before = sound[n + shift] ?? 0;
      const there = before + toNext * ((sound[n + shift + 1] ?? 0) - before);
      energy += wanted * wanted;
      heard += there * there;
      product += wanted * there;
    }
    return { energy, heard, product };
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[floor(sorted.length * share)] ?? 0;
}

/**
 * Compares the course of a reply with its reference: frame by frame around the places where segments stop fitting together,
 * so that what is told apart is silence, repetition and omission.
 * @param segments - Of the reference, in order, as `followSegments` found them. @param from - First sample of its speech.
 * @param to - Last + 1 that is expected. @param stretchPpm - How much longer the sound takes, by its clock.
 */
export function continuity(
  sound: SearchableSound,
  reference: Float32Array,
  segments: readonly Segment[],
  { from, to, stretchPpm }: { readonly from: number; readonly to: number; readonly stretchPpm: number },
): Continuity {
  const factor = sound.coarseFactor;
  const coarseInMs = sound.rateHz / factor / 1000;
  const passages = passagesOf(segments, factor, JUMP_MS * coarseInMs);
  const [first, last] = [passages[0], passages.at(-1)];
  if (first === undefined || last === undefined)
    return { gaps: [], repeats: [], skips: [], leadingCutMs: 0, trailingCutMs: 0 };

  const comparison = new Comparison(sound, reference, stretchPpm);
  const { frame } = comparison;
  const [firstFrame, endFrame] = [ceil(from / factor / frame), floor(to / factor / frame)];
  let [product, energy, heardEnergy] = [0, 0, 0];
  const there: { readonly energy: number; readonly heard: number; readonly product: number }[] = [];
  for (const passage of passages) {
    for (let k = ceil(passage.from / frame); k < floor(passage.to / frame); k++) {
      const at = comparison.frameAt(k, passage);
      product += at.product;
      energy += at.energy;
      heardEnergy += at.heard;
      there.push(at);
    }
  }
  const gain = product / max(Number.MIN_VALUE, energy);
  const noise = min(
    quantile(
      there.map(({ heard }) => heard),
      NOISE_PERCENTILE,
    ),
    quantile(
      there.map((at) => at.heard - 2 * gain * at.product + gain * gain * at.energy),
      0.5,
    ),
  );
  const energyGain = max(0, heardEnergy - noise * there.length) / max(Number.MIN_VALUE, energy);
  const frames = (begin: number, end: number, passage: Passage) =>
    Array.from({ length: max(0, end - begin) }, (_, i) => ({
      k: begin + i,
      ...comparison.frameAt(begin + i, passage),
    }));
  const loudest = max(
    ...segments.map(({ fromSample, toSample }) => {
      const some = frames(ceil(fromSample / factor / frame), floor(toSample / factor / frame), first);
      return some.reduce((sum, at) => sum + at.energy, 0) / max(1, some.length);
    }),
  );
  const speech = (at: { readonly energy: number }): boolean => at.energy > loudest * 10 ** (-AUDIBLE_DB / 10);
  /** True when the frame would be missed, over the noise. */
  const audible = (at: { readonly energy: number }): boolean =>
    speech(at) && energyGain * at.energy > AUDIBLE_OVER_NOISE * noise;
  const audibleIn = (begin: number, end: number): number => frames(begin, end, first).filter(audible).length;
  /** How much more (positive) or less than half of the expected waveform a frame shows. */
  const evidence = (at: { readonly energy: number; readonly product: number }): number =>
    at.product * gain - PRESENT * gain * gain * at.energy;
  const gone = (at: { readonly energy: number; readonly heard: number; readonly product: number }): boolean =>
    audible(at) && evidence(at) < 0 && at.heard < SILENT_ENERGY * energyGain * at.energy;
  /** True when most of what should be heard from `begin` to `end` is not there. */
  const goneIn = (begin: number, end: number, passage: Passage): boolean => {
    const count = frames(begin, end, passage).filter(gone).length;
    return count >= LEAST_MISSING_FRAMES && count >= audibleIn(begin, end) / 2;
  };
  /** Frame up to which, from `begin` on, the reference stands where the passage puts it. */
  const holdsUntil = (begin: number, end: number, passage: Passage): number => {
    let [sum, best, until] = [0, 0, begin];
    for (const at of frames(begin, end, passage)) {
      sum += evidence(at);
      if (sum >= best) [best, until] = [sum, at.k + 1];
    }
    return until;
  };
  /** Frame from which on, to `end`, it stands there. */
  const holdsFrom = (begin: number, end: number, passage: Passage): number => {
    let [sum, best, since] = [0, 0, end];
    for (const at of frames(begin, end, passage).reverse()) {
      sum += evidence(at);
      if (sum >= best) [best, since] = [sum, at.k];
    }
    return since;
  };

  const gaps: Break[] = [];
  const repeats: Break[] = [];
  const skips: Break[] = [];
  const frameMs = frame / coarseInMs;
  const soundSample = (k: number, displacement: number): number => (k * frame + displacement) * factor;
  const reach = ceil(SEARCH_MS / frameMs);
  const spans = passages.map<readonly [number, number]>(({ from: begins, to: ends }) => [
    round(begins / frame),
    round(ends / frame),
  ]);
  for (const [index, after] of passages.entries()) {
    const before = passages[index - 1];
    const [spanBefore, span] = [spans[index - 1], spans[index]];
    if (before === undefined || spanBefore === undefined || span === undefined) continue;
    const laterMs = (firstDisplacement(after) - lastDisplacement(before)) / coarseInMs;
    const held = holdsUntil(max(spanBefore[0], spanBefore[1] - reach), min(span[0] + reach, span[1]), before);
    const since = holdsFrom(
      max(spanBefore[0], spanBefore[1] - reach - ceil(max(0, laterMs) / frameMs)),
      min(span[0] + reach, span[1]),
      after,
    );
    const atSample = soundSample(held, lastDisplacement(before));
    const lackingMs = (since - held) * frameMs;
    if (
      laterMs > 0 &&
      since < held &&
      frames(since, held, after).filter(speech).length >= LEAST_MISSING_FRAMES
    )
      repeats.push({ atSample, lengthMs: laterMs });
    else if (since > held && goneIn(held, since, before) && laterMs + lackingMs > 2 * FRAME_MS)
      gaps.push({ atSample, lengthMs: laterMs + lackingMs });
    else if (laterMs > 0) gaps.push({ atSample, lengthMs: laterMs });
    else skips.push({ atSample, lengthMs: -laterMs });
  }

  const starts = holdsFrom(firstFrame, spans[0]?.[1] ?? firstFrame, first);
  const ends = holdsUntil(spans.at(-1)?.[0] ?? endFrame, endFrame, last);
  // Dropouts: where nothing moved, frames whose waveform and energy are both gone.
  for (const [index, passage] of passages.entries()) {
    const [begin, end] = spans[index] ?? [0, 0];
    let missing: number[] = [];
    const close = (): void => {
      const [begins] = missing;
      if (begins !== undefined && missing.length >= LEAST_MISSING_FRAMES) {
        const atSample = soundSample(begins, lastDisplacement(passage));
        const known = [...gaps, ...repeats, ...skips].some(
          (found) => abs(found.atSample - atSample) <= ((SEARCH_MS + found.lengthMs) * sound.rateHz) / 1000,
        );
        if (!known) gaps.push({ atSample, lengthMs: missing.length * frameMs });
      }
      missing = [];
    };
    for (const at of frames(max(begin, starts), min(end, ends), passage)) {
      if (gone(at)) missing.push(at.k);
      else close();
    }
    close();
  }

  return {
    gaps: gaps.sort((a, b) => a.atSample - b.atSample),
    repeats,
    skips,
    leadingCutMs: goneIn(firstFrame, starts, first) ? (starts - firstFrame) * frameMs : 0,
    trailingCutMs: goneIn(ends, endFrame, last) ? (endFrame - ends) * frameMs : 0,
  };
}
