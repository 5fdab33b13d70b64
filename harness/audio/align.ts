import { clockDrift, steadyRuns } from './clock-drift';
import { continuity, type Continuity } from './continuity';
import { locate, type LocateOptions, type SearchableSound } from './locate';
import { followSegments, type Segment } from './segments';
import { timeScaled } from './time-scale';

/** The beginning of the reply is anchored on this much of it (measurement.md section 3). */
const ANCHOR_MS = 1000;
/** How far the drift-corrected anchor may lie from the first one: half the smear of 600 ppm over the anchor, and a room. */
const REFINE_WITHIN_MS = 20;
/** The anchor stands by the middle of its sound, which the onset is away from by this share of its length; by trials. */
const ANCHOR_MIDDLE = 0.6;
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
  const refined = locate(sound, stretched, {
    ...options,
    fromSample: expectedAt - REFINE_WITHIN_MS * inMs,
    toSample: expectedAt + REFINE_WITHIN_MS * inMs,
  });
  const onsetAt = refined.state === 'found' ? refined : anchor;
  const found = segments.filter(({ displacementSamples }) => displacementSamples !== undefined);
  const lengthOf = (some: readonly Segment[]): number =>
    some.reduce((sum, { fromSample, toSample }) => sum + toSample - fromSample, 0);
  const speechSamples = lengthOf(segments);
  const lastFound = found.at(-1);
  return {
    state: 'found',
    onsetAtSample: onsetAt.startSample,
    onsetUncertaintySamples: Math.hypot(
      onsetAt.uncertaintySamples,
      drift.uncertaintyPpm * 1e-6 * headLength * ANCHOR_MIDDLE,
    ),
    onsetHeard: head !== undefined && head[0] === segments[0],
    endAtSample:
      lastFound === undefined
        ? onsetAt.startSample
        : lastFound.toSample + (lastFound.displacementSamples ?? 0),
    stretchPpm: drift.stretchPpm,
    confidence: onsetAt.confidence,
    segments,
    completeness: speechSamples === 0 ? 0 : lengthOf(found) / speechSamples,
    missingMs: (speechSamples - lengthOf(found)) / inMs,
    ...continuity(sound, reference, segments, { ...expected, stretchPpm: drift.stretchPpm }),
  };
}
