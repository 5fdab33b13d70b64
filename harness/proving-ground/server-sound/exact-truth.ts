import type { SpeakerSpan } from '../../audio';
import type { RigTruth, TurnRecord } from '../../ports';
import type { BoardRecord } from './board-record';
import { exactPlaces, sameFrom, withoutSilence } from './exact-place';

/** What is looked for at once: 0.25 s of sound at 48 000 Hz occurs once or not at all. */
const NEEDLE_SAMPLES = 12_000;
/** Sound of a reply that is shorter than this is no evidence of its place. */
const LEAST_SAMPLES = 480;
const { ceil, floor, max, min } = Math;

/** A turn with the samples of its capture and of what was played into it. */
export interface CapturedTurn {
  readonly record: Pick<TurnRecord, 'capture' | 'playback' | 'interruption'>;
  readonly speaker: Int16Array;
  readonly loopback: Int16Array;
  /** The clips as the rig handed them to its output, in the order of their playing: the prompt, and the one that interrupted. */
  readonly prompts: readonly Int16Array[];
  /** Spans of the board's record that belong to this turn's replies, oldest first. */
  readonly spans: readonly SpeakerSpan[];
}

export interface ExactTruth {
  /** What a virtual rig counts, here found in the bits of the capture. */
  readonly truth: RigTruth;
  /**
   * Samples of replies that the board wrote for its sink, as far as the capture goes, and how many of them stand in it as they were written.
   */
  readonly replySamples: number;
  readonly exactSamples: number;
  /** True: every prompt stands in the loopback channel bit for bit. */
  readonly promptsAreExact: boolean;
}

/** Consecutive spans: one stretch of the playback. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const endOf = ({ atLinkSample, lengthSamples, sourceRateHz }: SpeakerSpan, rateHz: number): number =>
  atLinkSample + (lengthSamples * rateHz) / sourceRateHz;

/** Whole samples of the playback that hold the spans, those that touch joined. */
function stretchesOf(spans: readonly SpeakerSpan[], rateHz: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const span of spans) {
    const from = ceil(span.atLinkSample);
    const to = floor(endOf(span, rateHz));
    const last = stretches.at(-1);
    if (last !== undefined && from - last.to <= 2 && from >= last.from)
      stretches[stretches.length - 1] = { from: last.from, to: max(last.to, to) };
    else if (to > from) stretches.push({ from, to });
  }
  return stretches;
}

/** A piece of the playback that stands in the capture: playback sample `from` is capture sample `from + shift`. */
interface Piece extends Stretch {
  readonly shift: number;
}

/** The pieces of a stretch that stand in the capture bit for bit, with what was lost between them left out. */
function piecesOf({ from, to }: Stretch, played: Int16Array, captured: Int16Array): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = from;
  let behind = 0;
  while (to - at >= LEAST_SAMPLES) {
    const needle = played.subarray(at, min(to, at + NEEDLE_SAMPLES));
    const [place, other] = exactPlaces(needle, captured, { from: behind });
    // Silence, and a sound that is there twice, say nothing of where they are.
    if (place === undefined || other !== undefined) {
      at += LEAST_SAMPLES;
      continue;
    }
    const length = min(sameFrom(played, at, captured, place), to - at);
    // What was passed over may have been silence, or cut off from a needle by a gap behind it.
    const back = sameBefore(played, at, captured, place, at - (pieces.at(-1)?.to ?? from));
    pieces.push({ from: at - back, to: at + length, shift: place - at });
    at += length;
    behind = place + length;
  }
  return pieces;
}

function sameBefore(
  one: Int16Array,
  oneAt: number,
  other: Int16Array,
  otherAt: number,
  atMost: number,
): number {
  let count = 0;
  while (count < min(atMost, otherAt) && one[oneAt - 1 - count] === other[otherAt - 1 - count]) count += 1;
  return count;
}

/** The part of a stretch that the capture was still running for: a crash ends it in the middle of what was written. */
const withinCapture = (
  { stretch: { from, to }, pieces }: { readonly stretch: Stretch; readonly pieces: readonly Piece[] },
  captureSamples: number,
): Stretch => ({ from, to: min(to, captureSamples - (pieces.at(-1)?.shift ?? -Infinity)) });

/** Where a clip stands on the loopback channel; its silence at both ends may be anybody's. */
function promptStart(clip: Int16Array, loopback: Int16Array, expected: number): number | undefined {
  const clipped = withoutSilence(clip);
  if (clipped === undefined) return undefined;
  const places = exactPlaces(clipped.sound, loopback, { atMost: 10 }).map((at) => at - clipped.from);
  // The same prompt twice in one capture: which of them it is, not where.
  return places.sort((a, b) => Math.abs(a - expected) - Math.abs(b - expected))[0];
}

/**
 * Truth of a turn without a link that counts: the prompt's samples as they were played and the replies' as the board wrote them are looked
 * for in the capture, bit for bit. No estimator takes part, so an estimator can be held against it.
 * @returns undefined for a turn that has no capture.
 */
export function exactTruth(
  turn: CapturedTurn,
  { played }: Pick<BoardRecord, 'played'>,
): ExactTruth | undefined {
  const { capture, playback, interruption } = turn.record;
  if (capture === undefined) return undefined;
  const { firstRigSample, rateHz } = capture;
  const asked = [playback, interruption?.playback].map((one) => one?.startedAtRigSample ?? firstRigSample);
  const starts = turn.prompts.map((clip, n) =>
    promptStart(clip, turn.loopback, (asked[n] ?? firstRigSample) - firstRigSample),
  );
  const playedAt = starts.flatMap((start) => (start === undefined ? [] : firstRigSample + start));
  const stretches = stretchesOf(turn.spans, rateHz);
  const found = stretches.map((stretch) => ({ stretch, pieces: piecesOf(stretch, played, turn.speaker) }));
  const pieces = found.flatMap((one) => one.pieces);
  const latest = playedAt.at(-1);
  const length = (parts: readonly Stretch[]): number =>
    parts.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    truth: {
      ...(latest === undefined ? {} : { promptStartAtRigSample: latest }),
      playbackStartsAtRigSample: playedAt,
      speakerSpans: turn.spans.flatMap((span) => spanInCapture(span, pieces, firstRigSample)),
      uplinkMarks: [],
    },
    replySamples: length(found.map((one) => withinCapture(one, turn.speaker.length))),
    exactSamples: length(pieces),
    promptsAreExact: starts.every((start) => start !== undefined),
  };
}

/** The span in samples of the capture; none where its first sample was not found. */
function spanInCapture(
  { itemId, sourceSample, lengthSamples, sourceRateHz, atLinkSample, rtp }: SpeakerSpan,
  pieces: readonly Piece[],
  firstRigSample: number,
): RigTruth['speakerSpans'] {
  const piece = pieces.find(({ from, to }) => atLinkSample > from - 1 && atLinkSample < to);
  if (piece === undefined) return [];
  const atRigSample = firstRigSample + atLinkSample + piece.shift;
  const span = { itemId, sourceSample, lengthSamples, sourceRateHz, atRigSample };
  return [rtp === undefined ? span : { ...span, rtp }];
}
