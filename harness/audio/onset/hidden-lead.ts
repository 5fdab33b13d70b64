import { HOP_MS } from './band-powers';

const { hypot, max, sqrt } = Math;

/*
 * Speech begins 35 dB under its active level (annotate.ts), and noise hides the first of it. How much is hidden depends on how
 * far the noise lies under the speech, and on the first sound: a vowel or a plosive is seen at once, a nasal or a weak
 * fricative may go by unseen for 70 ms. Most speech is of the first kind, so that little is expected to be hidden and the
 * uncertainty has to cover the rest. The constants are fitted by eye to 560 trials with clips of the tuning set and 1000 with
 * 69 sentences of other voices (espeak-ng), white noise, babble and hum at 0 to 40 dB, rooms of 0.25 to 0.65 s; no trial that
 * is reported used those clips.
 */
/** The window sees a sound this much after it began, in milliseconds. */
const WINDOW_LAG_MS = 0.5;
/** Lead that is expected to be hidden: per dB that the noise rises over 17 dB under speech. */
const HIDDEN = { fromDb: 17, msPerDb: 2.5 } as const;
/**
 * Half of what 97 % of the onsets are off by, over how far the speech lies over the noise; straight lines between. From 19 dB on
 * the longer stretches of `faintLead` see what single frames do not.
 */
const SPREAD = [
  { overDb: 10, ms: 42 },
  { overDb: 13, ms: 33 },
  { overDb: 15, ms: 28 },
  { overDb: 16, ms: 10 },
  { overDb: 17.5, ms: 5 },
  { overDb: 19, ms: 2.8 },
] as const;
/** Noise that swings hides as much as steady noise that is this much louder, dB for each dB of deviation over 1. */
const SWING_WORTH = 1;
/** Of what rises slowly more is seen: share of the lead and of the spread. */
const SLOW = { riseMs: 50, leadShare: 0.5, spreadShare: 0.7 } as const;
/** Where a faint lead begins is known to so much at best. */
const FAINT_SPREAD_MS = 8;

/** Part of the speech before what can be seen of it. */
export interface HiddenLead {
  readonly leadMs: number;
  /** One standard uncertainty of the onset, the frames' spacing included. */
  readonly uncertaintyMs: number;
}

/** What is seen of a beginning. */
export interface SeenBeginning {
  /** Loud part of the speech over the noise and what the prompt left there, in the speech band. */
  readonly overNoiseDb: number;
  /** Standard deviation of the noise's level over 20 ms, 1 at least. */
  readonly noiseSwingDb: number;
  /** From the first visible frame to the loud part. */
  readonly riseMs: number;
  /** What longer stretches show ahead of that frame; 0: nothing. */
  readonly faintMs: number;
}

function spreadMsAt(overDb: number): number {
  let [before] = SPREAD as readonly { readonly overDb: number; readonly ms: number }[];
  for (const knot of SPREAD) {
    if (overDb <= knot.overDb && before !== undefined) {
      const share = (overDb - before.overDb) / max(1e-9, knot.overDb - before.overDb);
      return before.ms + max(0, share) * (knot.ms - before.ms);
    }
    before = knot;
  }
  return before?.ms ?? 0;
}

/** How long before its first visible frame speech is expected to have begun. */
export function hiddenLead({ overNoiseDb, noiseSwingDb, riseMs, faintMs }: SeenBeginning): HiddenLead {
  const isSlow = riseMs >= SLOW.riseMs;
  const hiddenMs = (isSlow ? SLOW.leadShare : 1) * max(0, HIDDEN.fromDb - overNoiseDb) * HIDDEN.msPerDb;
  const steadyMs = spreadMsAt(overNoiseDb - SWING_WORTH * (noiseSwingDb - 1));
  const spreadMs = max(SPREAD.at(-1)?.ms ?? 0, (isSlow ? SLOW.spreadShare : 1) * steadyMs);
  return {
    leadMs: WINDOW_LAG_MS + hiddenMs + faintMs,
    uncertaintyMs: hypot(HOP_MS / sqrt(12), faintMs > 0 ? max(FAINT_SPREAD_MS, spreadMs) : spreadMs),
  };
}
