import { FRAME_MS, type Frame, type FrameMatch, type Passage } from './frame-match';

const { abs, max, min, sign, sqrt } = Math;

/**
 * The beginning is judged by its first frames, as many as should stand out of the noise by this factor. Of beginnings that were
 * there none showed less than 0.41 of 300 in rooms, codecs and noise, of those that were not none more than 0.12 of 60. In
 * between, frames are added up to this length.
 */
const SIGNIFICANT = 8;
const SHOWS = 0.3;
const SHOWS_NOT = 0.15;
const LONGEST_MS = 60;
/** A path of 8 kHz leaves little of a hiss: then what is left has to stand out by itself, and to be most of what is there. */
const LITTLE_SIGNIFICANT = 6;
const COHERENT = 0.45;

/** A head in its place shows its waveform over the noise by this factor, for two frames at least, and most of what is there is it. */
const HEAD_SIGNIFICANCE = 4;
const LEAST_HEAD_FRAMES = 2;
const HEAD_COHERENCE = 0.5;
/** No frame of this long before it is louder than noise can be, or than a faint part of it. */
const QUIET_BEFORE_MS = 200;
const BEFORE_OVER_NOISE = 3;
const FAINT = 0.15;

/** Whether the beginning of a reference is where a passage puts it; `unknown` when it is too faint to be seen. */
export type Beginning =
  | { readonly state: 'unknown' }
  /** `faint`: little of it shows, and is known for it because hardly anything else is there. */
  | { readonly state: 'there' | 'faint' }
  /** The frames up to `until` are not. */
  | { readonly state: 'missing'; readonly until: number };

/**
 * Looks for the first frames of a reference, from `begin` on, where a passage puts them.
 * @param longestMs - Frames are added up to this length where the first ones leave it open.
 */
export function beginningOf(
  match: FrameMatch,
  { begin, end }: { readonly begin: number; readonly end: number },
  passage: Pick<Passage, 'parts'>,
  longestMs = LONGEST_MS,
): Beginning {
  const { noise, frameSamples } = match;
  const gain = abs(match.gain);
  let [due, seen, excess] = [0, 0, 0];
  for (const { k, energy, product, heard } of match.frames(begin, end, passage)) {
    due += energy;
    seen += product * sign(match.gain);
    excess += heard - noise;
    const overNoise = (gain * sqrt(due * frameSamples)) / max(Number.MIN_VALUE, sqrt(noise));
    if (k === begin || overNoise < SIGNIFICANT) continue;
    const shown = seen / (gain * due);
    // Other speech, louder than what is looked for, has some of everything, and is little of it.
    const coherence = excess > 0 ? seen / sqrt(due * excess) : Infinity;
    const least = min(shown, coherence);
    const isAllThereIs = shown * overNoise >= LITTLE_SIGNIFICANT && coherence >= COHERENT;
    if (least >= SHOWS) return { state: 'there' };
    if (least >= SHOWS_NOT && isAllThereIs) return { state: 'faint' };
    if (least < SHOWS_NOT || k - begin >= longestMs / FRAME_MS) return { state: 'missing', until: k + 1 };
  }
  return { state: 'unknown' };
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
  const beginning = beginningOf(match, { begin, end }, passage, 0);
  if (beginning.state === 'missing')
    return max(beginning.until, match.holdsFrom(begin, end, passage)) - begin;
  // A pitch period off, a little shows as well; what the rest does not vouch for has to show, and at once.
  if (beginning.state === 'faint') return LEAST_HEAD_FRAMES;
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
    seen += frame.product * sign(match.gain);
    heard += frame.heard;
  }
  const isThere =
    head.length >= LEAST_HEAD_FRAMES &&
    seen > HEAD_SIGNIFICANCE * sqrt((due * noise) / frameSamples) &&
    seen > HEAD_COHERENCE * sqrt(due * max(0, heard - noise * head.length));
  return isThere && isFirst(match, head, passage) ? until : begin;
}
