import { HOP_MS } from './band-powers';

const { hypot, max, min, sqrt } = Math;

/*
 * Speech begins 35 dB under its active level (annotate.ts), and noise hides the first of it. How much is hidden depends on how
 * far the noise lies under the speech, and on the first sound: a vowel or a plosive is seen at once, a nasal or a weak
 * fricative may go by unseen for 70 ms. Most speech is of the first kind, so that little is expected to be hidden and the uncertainty has to
 * cover the rest. The constants are fitted by eye to 600 trials with clips of the tuning set and 300 with 69 sentences
 * of other voices (espeak-ng), white noise, babble and hum at 10 to 40 dB, rooms of 0.25 to 0.65 s; no trial that is reported used those clips.
 */
/** The window sees a sound this much after it began, in milliseconds. */
const WINDOW_LAG_MS = 0.5;
/** Lead that is expected to be hidden: per dB that the noise rises over 17 dB under speech. */
const HIDDEN = { fromDb: 17, msPerDb: 2.5 } as const;
/** Spread of the lead: of an onset of which nothing is hidden, per dB that the noise rises over 25 dB under speech, and at most. */
const SPREAD = { leastMs: 1.8, fromDb: 25, msPerDb: 2, mostMs: 30 } as const;
/** From this rise on speech may have begun with a weak sound, which noise that is 28 dB under speech hides. */
const WEAK_START = { riseMs: 22, fromDb: 28, msPerDb: 1.5, mostMs: 11 } as const;
/** What rises more slowly is seen from its beginning. */
const SLOW = { riseMs: 60, share: 0.5 } as const;

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
  const share = riseMs >= SLOW.riseMs ? SLOW.share : 1;
  const hiddenMs = share * max(0, HIDDEN.fromDb - overFloorDb) * HIDDEN.msPerDb;
  const weakMs =
    riseMs < WEAK_START.riseMs || riseMs >= SLOW.riseMs
      ? 0
      : min(WEAK_START.mostMs, max(0, WEAK_START.fromDb - overFloorDb) * WEAK_START.msPerDb);
  const spreadMs = min(
    SPREAD.mostMs,
    SPREAD.leastMs + share * max(0, SPREAD.fromDb - overFloorDb) * SPREAD.msPerDb,
  );
  return {
    leadMs: WINDOW_LAG_MS + hiddenMs,
    uncertaintyMs: hypot(HOP_MS / sqrt(12), max(spreadMs, weakMs)),
  };
}
