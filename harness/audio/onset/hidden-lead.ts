import { HOP_MS } from './band-powers';

const { exp, hypot, max, min, sqrt } = Math;

/*
 * Speech begins 35 dB under its active level (annotate.ts), and noise hides the first of it. How much is hidden depends on how
 * far the noise lies under the speech, and shows in the rise: speech that takes long to reach its loudness is seen from its
 * beginning, speech that is loud at once may have begun unseen. The constants are fitted by eye to 800 trials with the prompts of voice `a`
 * (espeak-ng), white, pink, babble and hum noise at 5 to 40 dB, rooms up to 0.6 s; no trial that is reported used those clips.
 */
/** The window sees a sound this much after it began, in milliseconds. */
const WINDOW_LAG_MS = 0.5;
/** Lead that is hidden of speech that is loud at once: per dB that the noise rises over 33 dB under speech, at most so much. */
const ABRUPT = { hiddenUnderDb: 33, msPerDb: 1, mostMs: 22 } as const;
/** Lead that is hidden of any speech: per dB that the noise rises over 15 dB under speech. */
const ANY = { hiddenUnderDb: 15, msPerDb: 1.2 } as const;
/** Rise over which the first of these fades, in milliseconds. */
const RISE_MS = 20;
/** Spread of the lead around its expectation, and of an onset of which nothing is hidden. */
const SPREAD = { ofLead: 1, leastMs: 1.8 } as const;

/** Part of the speech before what can be seen of it. */
export interface HiddenLead {
  readonly leadMs: number;
  /** One standard uncertainty of the onset, the frames' spacing included. */
  readonly uncertaintyMs: number;
}

/**
 * How long before its first visible frame speech is expected to have begun.
 * @param overFloorDb - Loud part of the speech over the noise, in the speech band.
 * @param riseMs - From the first visible frame to the loud part.
 */
export function hiddenLead(overFloorDb: number, riseMs: number): HiddenLead {
  const abrupt = min(ABRUPT.mostMs, max(0, ABRUPT.hiddenUnderDb - overFloorDb) * ABRUPT.msPerDb);
  const any = max(0, ANY.hiddenUnderDb - overFloorDb) * ANY.msPerDb;
  const hiddenMs = abrupt * exp(-riseMs / RISE_MS) + any;
  return {
    leadMs: WINDOW_LAG_MS + hiddenMs,
    uncertaintyMs: hypot(HOP_MS / sqrt(12), SPREAD.leastMs + SPREAD.ofLead * hiddenMs),
  };
}
