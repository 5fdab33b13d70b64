import { energyOf } from './levels';
import { SearchableSound, locate } from './locate';
import { decimated } from './time-scale';

/** Long enough to be found in noise, short enough to tell what is missing (measurement.md section 3). */
const SEGMENT_MS = 200;
/** A segment this far below the loudest one is a pause: in a hard room the tail of what was louder covers it. */
const PAUSE_DB = 14;
/** Where a segment is expected, it is at most this far off: less than half a pitch period, far more than any drift. */
const EXPECTED_WITHIN_MS = 1.5;
/** ... and needs less evidence: chance reaches a peak over RMS of 3 in so few places. */
const EXPECTED_SIGNIFICANCE = 4.5;
/** An underrun or a skip moves the rest by no more than this. */
const DISPLACED_WITHIN_MS = 1000;

/** Voices repeat themselves: far from where it is expected a segment has to stand out of all else by this factor. */
const DISPLACED_CONFIDENCE = 1.5;

/**
 * A segment between two that fit together, with at least this share of its energy in place, is there although a room hides
 * its waveform. A dropout leaves less: the tail of a room with an RT60 of 400 ms loses two thirds within 200 ms.
 */
const HIDDEN_ENERGY = 0.5;
/** Two segments fit together when the clocks alone can have moved them against each other. */
const FITTING_MS = 0.5;

/** A piece of a reference, looked for where it should be. */
export interface Segment {
  /** Half-open range in samples of the reference. */
  readonly fromSample: number;
  readonly toSample: number;
  /** Where its sound is, on average: with clocks that differ it moves as this place does. */
  readonly middleSample: number;
  /** How much later it stands in the sound than if the reference began at sample 0, in samples; undefined: missing. */
  readonly displacementSamples: number | undefined;
}

interface Place {
  /** In coarse samples. */
  readonly displacement: number;
  /** Share of what is there that is the piece. */
  readonly coherence: number;
}

/** Mean place of the energy of changes, which is where a weighted correlation gets its sharpness from. */
function middleOf(samples: Float32Array): number {
  let moment = 0;
  let energy = 0;
  for (let n = 1; n < samples.length; n++) {
    const change = ((samples[n] ?? 0) - (samples[n - 1] ?? 0)) ** 2;
    moment += n * change;
    energy += change;
  }
  return energy === 0 ? samples.length / 2 : moment / energy;
}

/**
 * What was played in order is heard in order: of segments that contradict each other the longest ordered chain is kept, and
 * the rest were likenesses and count as missing.
 */
function inOrder(segments: readonly Segment[]): Segment[] {
  const place = ({ fromSample, displacementSamples }: Segment): number | undefined =>
    displacementSamples === undefined ? undefined : fromSample + displacementSamples;
  const chains: number[][] = [];
  for (const [index, segment] of segments.entries()) {
    const at = place(segment);
    const before = chains.filter((chain, other) => {
      const earlier = segments[other];
      const earlierAt = earlier && place(earlier);
      return chain.length > 0 && at !== undefined && earlierAt !== undefined && earlierAt < at;
    });
    const longest = before.reduce<number[]>((most, chain) => (chain.length > most.length ? chain : most), []);
    chains.push(at === undefined ? [] : [...longest, index]);
  }
  const kept = chains.reduce<number[]>((most, chain) => (chain.length > most.length ? chain : most), []);
  return segments.map((segment, index) =>
    kept.includes(index) ? segment : { ...segment, displacementSamples: undefined },
  );
}

/** Fills in segments that were not found but must be there, from their neighbours. */
function withHidden(
  segments: readonly Segment[],
  sound: SearchableSound,
  reference: Float32Array,
): Segment[] {
  const gainAt = ({ fromSample, toSample }: Segment, displacement: number): number => {
    const from = Math.max(0, Math.round(fromSample + displacement));
    const there = sound.samples.subarray(from, from + toSample - fromSample);
    return energyOf(there) / Math.max(Number.MIN_VALUE, energyOf(reference.subarray(fromSample, toSample)));
  };
  const gains = segments
    .flatMap((segment) =>
      segment.displacementSamples === undefined ? [] : gainAt(segment, segment.displacementSamples),
    )
    .sort((a, b) => a - b);
  const usualGain = gains[Math.floor(gains.length / 2)] ?? 0;
  return segments.map((segment, index) => {
    const before = segments[index - 1]?.displacementSamples;
    const after = segments[index + 1]?.displacementSamples;
    if (segment.displacementSamples !== undefined || before === undefined || after === undefined)
      return segment;
    if (Math.abs(after - before) > (FITTING_MS * sound.rateHz) / 1000) return segment;
    const displacementSamples = (before + after) / 2;
    return gainAt(segment, displacementSamples) < HIDDEN_ENERGY * usualGain
      ? segment
      : { ...segment, displacementSamples };
  });
}

/**
 * Follows a reference through a sound in pieces of 200 ms, starting from where its beginning was found: each is expected
 * at the displacement of the one before and searched up to a second around it when it is not there. Pauses are left out.
 * Works at the coarse rate, to about 0.01 ms.
 * @param from - First sample of the reference to follow; `to`: last + 1.
 * @param displacementSamples - Where sample 0 of the reference stands in the sound, by its beginning.
 */
export function followSegments(
  sound: SearchableSound,
  reference: Float32Array,
  {
    from,
    to,
    displacementSamples,
  }: { readonly from: number; readonly to: number; readonly displacementSamples: number },
): Segment[] {
  const factor = sound.coarseFactor;
  const rateHz = sound.rateHz / factor;
  const coarse = new SearchableSound(sound.coarse, rateHz);
  const coarseReference = decimated(reference, factor);
  const lengthSamples = Math.round((SEGMENT_MS * rateHz) / 1000);
  const first = Math.ceil(from / factor);
  const last = Math.min(coarseReference.length, Math.floor(to / factor));
  const count = Math.max(1, Math.round((last - first) / lengthSamples));
  const pieces = Array.from({ length: count }, (_, i) => {
    const fromSample = first + i * lengthSamples;
    const toSample = i === count - 1 ? last : fromSample + lengthSamples;
    const samples = coarseReference.subarray(fromSample, toSample);
    return { fromSample, toSample, samples, power: energyOf(samples) / Math.max(1, samples.length) };
  });
  const pauseBelow = Math.max(...pieces.map(({ power }) => power)) * 10 ** (-PAUSE_DB / 10);

  let displacement = displacementSamples / factor;
  /** Displacement of a piece that starts at a sample, if it is found near where it is expected. */
  const place = (piece: Float32Array, fromSample: number, withinMs: number): Place | undefined => {
    const within = (withinMs * rateHz) / 1000;
    const expected = fromSample + displacement;
    const near = withinMs <= EXPECTED_WITHIN_MS;
    const found = locate(coarse, piece, {
      fromSample: expected - within,
      toSample: expected + within,
      path: 'strongest',
      ...(near ? { leastSignificance: EXPECTED_SIGNIFICANCE } : {}),
    });
    if (found.state === 'not-found' || (!near && found.confidence < DISPLACED_CONFIDENCE)) return undefined;
    return { displacement: found.startSample - fromSample, coherence: found.coherence };
  };
  const fits = (one: Place | undefined, other: Place): boolean =>
    one !== undefined && Math.abs(one.displacement - other.displacement) < (FITTING_MS * rateHz) / 1000;
  const speech = pieces.filter(({ power }) => power > pauseBelow);
  const places = speech.map(({ samples, fromSample }) => {
    const placed =
      place(samples, fromSample, EXPECTED_WITHIN_MS) ?? place(samples, fromSample, DISPLACED_WITHIN_MS);
    displacement = placed?.displacement ?? displacement;
    return placed;
  });
  // Where the anchor held on to what came after a break, what came before it was missed, or its likeness taken for it.
  for (let index = places.length - 2; index >= 0; index--) {
    const [piece, here, next] = [speech[index], places[index], places[index + 1]];
    if (piece === undefined || next === undefined || fits(here, next)) continue;
    displacement = next.displacement;
    const behind = place(piece.samples, piece.fromSample, EXPECTED_WITHIN_MS);
    if (behind !== undefined && behind.coherence > (here?.coherence ?? 0)) places[index] = behind;
  }
  const found = speech.map(({ fromSample, toSample, samples }, index) => {
    const placed = places[index];
    return {
      fromSample: fromSample * factor,
      toSample: toSample * factor,
      middleSample: (fromSample + middleOf(samples)) * factor,
      displacementSamples: placed === undefined ? undefined : placed.displacement * factor,
    };
  });
  return withHidden(inOrder(found), sound, reference);
}
