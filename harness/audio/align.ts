import { missingAtBeginning } from './beginning';
import { clockDrift, steadyRuns } from './clock-drift';
import { continuity, type Continuity } from './continuity';
import { FRAME_MS, FrameMatch } from './frame-match';
import { locate, type LocateOptions, type Location, type SearchableSound } from './locate';
import { followSegments, type Segment } from './segments';
import { timeScaled } from './time-scale';

/** The beginning of the reply is anchored on this much of it (measurement.md section 3). */
const ANCHOR_MS = 1000;
/** How far the drift-corrected anchor may lie from the first one: half the smear of 600 ppm over the anchor, and a room. */
const REFINE_WITHIN_MS = 20;
/** The anchor stands by the middle of its sound, which the onset is away from by this share of its length; by trials. */
const ANCHOR_MIDDLE = 0.6;
/** A board that runs out of sound right after the onset goes on later by no more than this. */
const STALL_WITHIN_MS = 1000;
/** A head of few samples is like much else: it has to stand out of all of that by this factor. */
const HEAD_CONFIDENCE = 1;
/** Less of it holds hardly one period of a low voice. */
const SHORTEST_HEAD_MS = 20;
/** Segments agree when they lie this near: less than drift moves them within a second, or noise. */
const AGREE_MS = 0.5;
/** A head within this of where the rest puts it did not move: less than half a pitch period. */
const IN_PLACE_MS = 1.5;

/**
 * A reply is there when two segments fit together, or when most of what is due was found, by number and by length, by an
 * anchor that stands out by this factor: chance and likeness place single segments, by anchors that stay below (1.5 in hum,
 * 1.2 in other speech), and one word that two voices share stands out more, but is no more than half of a short reply.
 */
const FITTING_SEGMENTS = 2;
const MOST = 0.5;
const LONE_CONFIDENCE = 1.5;

/** A known reply in a sound, part by part. */
export type Alignment =
  | ({
      readonly state: 'found';
      /** Where the reference's onset sample stands in the sound, fractional. */
      readonly onsetAtSample: number;
      readonly onsetUncertaintySamples: number;
      /** False when the speech at the onset is missing although later speech is there: then nothing begins at the onset. */
      readonly onsetHeard: boolean;
      /** Where the last speech that was found ends. */
      readonly endAtSample: number;
      /** How much longer the sound takes than the reference: the player's clock against the sound's, positive when slow. */
      readonly stretchPpm: number;
      readonly confidence: number;
      readonly segments: readonly Segment[];
      /** Share of the speech that was found, 0 to 1, pauses not counted. */
      readonly completeness: number;
      readonly missingMs: number;
    } & Continuity)
  | { readonly state: 'not-found' };

/**
 * The beginning of a reference as the sound has it: its head, and behind a break what was found there, at its distance.
 * A short head alone is like itself a pitch period on, and in a room that likeness may be taken for the direct sound.
 */
function anchorAsHeard(
  reference: Float32Array,
  {
    head,
    later,
    headAt,
    lengthSamples,
    stretchPpm,
  }: {
    readonly head: Pick<Segment, 'fromSample' | 'toSample'>;
    readonly later: readonly Segment[];
    /** Displacement of the head. */
    readonly headAt: number;
    readonly lengthSamples: number;
    readonly stretchPpm: number;
  },
): Float32Array {
  const stretch = 1 + stretchPpm * 1e-6;
  const pieces = [{ ...head, displacementSamples: headAt }, ...later];
  const heard = new Float32Array(lengthSamples);
  for (const { fromSample, toSample, displacementSamples = 0 } of pieces) {
    const at = fromSample - head.fromSample + displacementSamples - headAt;
    const from = Math.max(0, Math.ceil(at));
    const count = Math.min(lengthSamples, Math.round(at + toSample - fromSample)) - from;
    const start = fromSample + (from - at) / stretch;
    heard.set(
      timeScaled(reference, { start, step: 1 / stretch, lengthSamples: count }),
      Math.min(from, lengthSamples),
    );
  }
  return heard;
}

/**
 * The head of a reply that broke off before its rest went on, if it stands out: where the rest continues it, or up to a
 * second before. It may have broken more than once, so its own beginning has to be there, too. Undefined when it was lost, or
 * is too short or too faint to be told from what is like it.
 * @param onset - First sample of the head in the reference. @param lengthSamples - Of it, as far as it can be.
 */
function headBeforeBreak(
  sound: SearchableSound,
  reference: Float32Array,
  match: FrameMatch,
  {
    onset,
    lengthSamples,
    joinedAt,
    notBefore,
  }: {
    readonly onset: number;
    readonly lengthSamples: number;
    readonly joinedAt: number;
    readonly notBefore: number;
  },
): Extract<Location, { readonly state: 'found' }> | undefined {
  const inMs = sound.rateHz / 1000;
  if (lengthSamples < SHORTEST_HEAD_MS * inMs) return undefined;
  const shorter = (length: number, before: number): ReturnType<typeof headBeforeBreak> =>
    headBeforeBreak(sound, reference, match, {
      onset,
      lengthSamples: Math.round(length),
      joinedAt: before,
      notBefore,
    });
  const found = locate(sound, reference.subarray(onset, onset + lengthSamples), {
    fromSample: Math.max(notBefore, joinedAt - STALL_WITHIN_MS * inMs),
    toSample: joinedAt + IN_PLACE_MS * inMs,
  });
  if (found.state === 'not-found' || found.confidence < HEAD_CONFIDENCE)
    return shorter(lengthSamples / 2, joinedAt);
  const displacement = (found.startSample - onset) / sound.coarseFactor;
  const missing = missingAtBeginning(match, {
    begin: Math.ceil(match.frameOf(onset)),
    end: Math.floor(match.frameOf(onset + lengthSamples)),
    displacement,
  });
  if (missing === 0) return found;
  return shorter(Math.min(lengthSamples / 2, missing * FRAME_MS * inMs), found.startSample + lengthSamples);
}

/**
 * True when most segments, each looked at by itself, stand that much earlier or later, too. The direct sound ahead of a stronger
 * reflection is in all of them; the likeness of a voice to itself a pitch period on is not.
 */
function agreeOn(
  sound: SearchableSound,
  reference: Float32Array,
  segments: readonly Segment[],
  moved: number,
): boolean {
  const inMs = sound.rateHz / 1000;
  const agreeing = segments.filter(({ fromSample, toSample, displacementSamples = 0 }) => {
    const expected = fromSample + displacementSamples;
    const found = locate(sound, reference.subarray(fromSample, toSample), {
      fromSample: expected - REFINE_WITHIN_MS * inMs,
      toSample: expected + REFINE_WITHIN_MS * inMs,
    });
    return found.state === 'found' && Math.abs(found.startSample - expected - moved) < AGREE_MS * inMs;
  });
  return agreeing.length > segments.length / 2;
}

/**
 * Places a known reply in a sound: anchors on the first second of its speech, follows it in segments for gaps and for the
 * difference of the clocks, then places the anchor again with that difference taken out, so that the onset is
 * extrapolated and not smeared (measurement.md section 3).
 * @param reference - At the sound's rate. @param onset - Its first speech sample.
 * @param end - Last speech sample + 1 that
 * can be there: the offset, or less when the reply was cut. @param until - Sample of the sound from which on nothing is
 * expected any more, because the capture ends or the reply was interrupted.
 */
export function align(
  sound: SearchableSound,
  reference: Float32Array,
  { onset, end, until = Infinity }: { readonly onset: number; readonly end: number; readonly until?: number },
  options: LocateOptions = {},
): Alignment {
  const inMs = sound.rateHz / 1000;
  const anchorLength = Math.round(Math.min(ANCHOR_MS * inMs, end - onset));
  const anchor = locate(sound, reference.subarray(onset, onset + anchorLength), {
    ...options,
    // Drift smears the anchor, and a smeared peak is no match for the likeness of one vowel to itself.
    path: 'strongest',
  });
  if (anchor.state === 'not-found') return { state: 'not-found' };

  const expected = {
    from: onset,
    to: Math.max(onset + 1, Math.min(end, until - (anchor.startSample - onset))),
  };
  const segments = followSegments(sound, reference, {
    ...expected,
    displacementSamples: anchor.startSample - onset,
  });
  const runs = steadyRuns(segments, sound.rateHz);
  const longest = runs.reduce<Segment[]>((most, run) => (run.length > most.length ? run : most), []);
  const drift = clockDrift(longest, sound.rateHz);

  // A gap inside the anchor would let the stronger part win: what the onset's own run holds decides where it stands.
  const head = runs[0]?.[0] === segments[0] ? runs[0] : (runs.find((run) => run.length > 1) ?? runs[0]);
  const headAt = head?.[0]?.displacementSamples ?? anchor.startSample - onset;
  const headEnd = head?.[0] === segments[0] ? (head?.at(-1)?.toSample ?? end) : end;
  const headLength = Math.min(anchorLength, headEnd - onset);
  const expectedAt = onset + headAt;
  const later = head?.[0] === segments[0] ? runs.filter((run) => run !== head).flat() : [];
  const stretched = anchorAsHeard(reference, {
    head: { fromSample: onset, toSample: onset + headLength },
    later,
    headAt,
    lengthSamples: later.length === 0 ? headLength : anchorLength,
    stretchPpm: drift.stretchPpm,
  });
  const within = (withinMs: number): Location =>
    locate(sound, stretched, {
      ...options,
      fromSample: expectedAt - withinMs * inMs,
      toSample: expectedAt + withinMs * inMs,
    });
  const first = within(REFINE_WITHIN_MS);
  const moved = first.state === 'found' ? first.startSample - expectedAt : 0;
  const refined =
    Math.abs(moved) <= IN_PLACE_MS * inMs || agreeOn(sound, reference, head ?? [], moved)
      ? first
      : within(IN_PLACE_MS);
  const match = new FrameMatch(sound, reference, segments, drift.stretchPpm);
  const course = continuity(sound, match, segments, expected);
  const joined = refined.state === 'found' ? refined : anchor;
  // Speech ahead of what the rest continues was not there: it was lost, or played before the board ran out of sound.
  const cutHead =
    course.leadingCutMs > 0
      ? headBeforeBreak(sound, reference, match, {
          onset,
          lengthSamples: Math.round(course.leadingCutMs * inMs),
          joinedAt: joined.startSample,
          notBefore: options.fromSample ?? -Infinity,
        })
      : undefined;
  const onsetAt = cutHead ?? joined;
  const stalledMs = (joined.startSample - onsetAt.startSample) / inMs;
  const found = segments.filter(({ displacementSamples }) => displacementSamples !== undefined);
  const lengthOf = (some: readonly Segment[]): number =>
    some.reduce((sum, { fromSample, toSample }) => sum + toSample - fromSample, 0);
  const speechSamples = lengthOf(segments);
  const completeness = speechSamples === 0 ? 0 : lengthOf(found) / speechSamples;
  const isMost = found.length > MOST * segments.length && completeness >= MOST;
  const standsOut = isMost && anchor.confidence >= LONE_CONFIDENCE;
  if (longest.length < FITTING_SEGMENTS && !standsOut) return { state: 'not-found' };
  const lastFound = found.at(-1);
  return {
    state: 'found',
    onsetAtSample: onsetAt.startSample,
    onsetUncertaintySamples: Math.hypot(
      onsetAt.uncertaintySamples,
      drift.uncertaintyPpm * 1e-6 * headLength * ANCHOR_MIDDLE,
    ),
    onsetHeard:
      cutHead !== undefined || (head !== undefined && head[0] === segments[0] && course.leadingCutMs === 0),
    endAtSample:
      lastFound === undefined
        ? onsetAt.startSample
        : lastFound.toSample + (lastFound.displacementSamples ?? 0),
    stretchPpm: drift.stretchPpm,
    confidence: onsetAt.confidence,
    segments,
    completeness,
    missingMs: (speechSamples - lengthOf(found)) / inMs,
    ...course,
    ...(stalledMs > IN_PLACE_MS
      ? {
          gaps: [
            { atSample: onsetAt.startSample + course.leadingCutMs * inMs, lengthMs: stalledMs },
            ...course.gaps,
          ],
          leadingCutMs: 0,
        }
      : {}),
  };
}
