import { beginningOf, headHoldsUntil } from './beginning';
import {
  FRAME_MS,
  firstDisplacement,
  lastDisplacement,
  type Frame,
  type FrameMatch,
  type Passage,
} from './frame-match';
import type { SearchableSound } from './locate';
import type { Segment } from './segments';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min, round } = Math;

/** A frame this far below the reference's loudest 200 ms says nothing about what is missing. */
const AUDIBLE_DB = 20;
/** A break is looked for up to this far into the segments on both sides of it: one segment. */
const SEARCH_MS = 200;
/** A missing frame has lost its energy, too: rooms and codecs change the waveform of many that are there. */
const SILENT_ENERGY = 0.15;
/** What is to be missed has to stand out of the noise. */
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

/**
 * Compares the course of a reply with its reference: frame by frame around the places where segments stop fitting together,
 * so that what is told apart is silence, repetition and omission.
 * @param segments - Of the reference, in order, as `followSegments` found them. @param from - First sample of its speech.
 * @param to - Last + 1 that is expected.
 */
export function continuity(
  sound: SearchableSound,
  match: FrameMatch,
  segments: readonly Segment[],
  { from, to }: { readonly from: number; readonly to: number },
): Continuity {
  const { passages, frameSamples: frame, energyGain, noise } = match;
  const factor = sound.coarseFactor;
  const coarseInMs = sound.rateHz / factor / 1000;
  const [first, last] = [passages[0], passages.at(-1)];
  if (first === undefined || last === undefined)
    return { gaps: [], repeats: [], skips: [], leadingCutMs: 0, trailingCutMs: 0 };

  const [firstFrame, endFrame] = [ceil(match.frameOf(from)), floor(match.frameOf(to))];
  const frames = (begin: number, end: number, passage: Passage): Frame[] => match.frames(begin, end, passage);
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
  const gone = (at: Frame): boolean =>
    audible(at) && match.evidence(at) < 0 && at.heard < SILENT_ENERGY * energyGain * at.energy;
  /** True when most of what should be heard from `begin` to `end` is not there. */
  const goneIn = (begin: number, end: number, passage: Passage): boolean => {
    const count = frames(begin, end, passage).filter(gone).length;
    return count >= LEAST_MISSING_FRAMES && count >= audibleIn(begin, end) / 2;
  };
  const gaps: Break[] = [];
  const repeats: Break[] = [];
  const skips: Break[] = [];
  const frameMs = frame / coarseInMs;
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
    const held = match.holdsUntil(
      max(spanBefore[0], spanBefore[1] - reach),
      min(span[0] + reach, span[1]),
      before,
    );
    const since = match.holdsFrom(
      max(spanBefore[0], spanBefore[1] - reach - ceil(max(0, laterMs) / frameMs)),
      min(span[0] + reach, span[1]),
      after,
    );
    const atSample = match.soundSample(held, lastDisplacement(before));
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

  const start = { begin: firstFrame, end: spans[0]?.[1] ?? firstFrame };
  const beginning = beginningOf(match, start, first);
  const isMissing = beginning.state === 'missing';
  const isThere = beginning.state === 'there' || beginning.state === 'faint';
  const starts = max(
    isMissing ? beginning.until : firstFrame,
    match.holdsFrom(start.begin, start.end, first),
  );
  const isCut = isMissing || goneIn(firstFrame, starts, first);
  const holds = isCut ? headHoldsUntil(match, { begin: firstFrame, end: starts }, first) : firstFrame;
  if (holds > firstFrame)
    gaps.push({
      atSample: match.soundSample(holds, firstDisplacement(first)),
      lengthMs: (starts - holds) * frameMs,
    });
  const ends = match.holdsUntil(spans.at(-1)?.[0] ?? endFrame, endFrame, last);
  // Dropouts: where nothing moved, frames whose waveform and energy are both gone.
  for (const [index, passage] of passages.entries()) {
    const [begin, end] = spans[index] ?? [0, 0];
    let missing: number[] = [];
    const close = (): void => {
      const [begins] = missing;
      if (begins !== undefined && missing.length >= LEAST_MISSING_FRAMES) {
        const atSample = match.soundSample(begins, lastDisplacement(passage));
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
    leadingCutMs: isCut && !isThere && holds === firstFrame ? (starts - firstFrame) * frameMs : 0,
    trailingCutMs: goneIn(ends, endFrame, last) ? (endFrame - ends) * frameMs : 0,
  };
}
