import { FRAME_MS, type Frame, type FrameMatch, type Passage } from './frame-match';

const { max, sqrt } = Math;

/**
 * The beginning is not in its place when of its first frames, as many as should stand out of the noise by this factor, less than
 * this share shows: of beginnings that were there none showed less than 0.41 of 300 in rooms, codecs and noise, of those that
 * were not none more than 0.12 of 60.
 */
const SIGNIFICANT = 8;
const SHOWS = 0.3;

/** A head in its place shows its waveform over the noise by this factor, for two frames at least, and most of what is there is it. */
const HEAD_SIGNIFICANCE = 4;
const LEAST_HEAD_FRAMES = 2;
const HEAD_COHERENCE = 0.5;
/** No frame of this long before it is louder than noise can be, or than a faint part of it. */
const QUIET_BEFORE_MS = 200;
const BEFORE_OVER_NOISE = 3;
const FAINT = 0.15;

/**
 * Frame up to which the beginning of a reference, as far as it is loud enough to be seen, is missing where a passage puts it;
 * `begin` when it is there, or cannot be told.
 */
export function beginningGoneUntil(
  match: FrameMatch,
  { begin, end }: { readonly begin: number; readonly end: number },
  passage: Pick<Passage, 'parts'>,
): number {
  const { gain, noise, frameSamples } = match;
  let [due, seen] = [0, 0];
  for (const { k, energy, product } of match.frames(begin, end, passage)) {
    due += energy;
    seen += product;
    const standsOut = gain * sqrt(due * frameSamples) >= SIGNIFICANT * sqrt(noise);
    if (k > begin && standsOut) return seen < SHOWS * gain * due ? k + 1 : begin;
  }
  return begin;
}

/** How many frames from `begin` on are missing at a displacement in coarse samples, as far as they are loud enough to be seen. */
export function missingAtBeginning(
  match: FrameMatch,
  {
    begin,
    end,
    displacement,
  }: { readonly begin: number; readonly end: number; readonly displacement: number },
): number {
  const passage = { parts: [{ from: 0, to: 0, displacement }] };
  const goneUntil = beginningGoneUntil(match, { begin, end }, passage);
  if (goneUntil > begin) return max(goneUntil, match.holdsFrom(begin, end, passage)) - begin;
  return isFirst(match, match.frames(begin, end, passage), passage) ? 0 : LEAST_HEAD_FRAMES;
}

/** True when nothing as loud comes shortly before: a pitch period off, there would be. */
function isFirst(match: FrameMatch, head: readonly Frame[], passage: Pick<Passage, 'parts'>): boolean {
  const { noise, energyGain } = match;
  const begin = head[0]?.k ?? 0;
  const before = match.frames(begin - QUIET_BEFORE_MS / FRAME_MS, begin - 1, passage);
  const due = head.reduce((sum, { energy }) => sum + energy, 0);
  const loudest = before.reduce((most, { heard }) => max(most, heard), 0);
  return loudest < BEFORE_OVER_NOISE * noise + (FAINT * energyGain * due) / max(1, head.length);
}

/**
 * Frame up to which a head stands in its place ahead of a break after which the rest did not move; `begin` when none does. A head
 * that played earlier, before the rest had to wait, is like itself a few pitch periods on: then it is heard before, too.
 */
export function headHoldsUntil(
  match: FrameMatch,
  { begin, end }: { readonly begin: number; readonly end: number },
  passage: Passage,
): number {
  const until = match.holdsUntil(begin, end, passage);
  const head = match.frames(begin, until, passage);
  const { noise, frameSamples } = match;
  let [due, seen, heard] = [0, 0, 0];
  for (const frame of head) {
    due += frame.energy;
    seen += frame.product;
    heard += frame.heard;
  }
  const isThere =
    head.length >= LEAST_HEAD_FRAMES &&
    seen > HEAD_SIGNIFICANCE * sqrt((due * noise) / frameSamples) &&
    seen > HEAD_COHERENCE * sqrt(due * max(0, heard - noise * head.length));
  return isThere && isFirst(match, head, passage) ? until : begin;
}
