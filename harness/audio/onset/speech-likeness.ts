import { BANDS, framesIn, type BandPowers } from './band-powers';
import type { NoiseFloor } from './noise-floor';

const { abs, floor, log10, max } = Math;

/** Level steps of this many dB against the trend around them are speech's: syllables and pauses. */
const STEP_DB = 2;
/** Stretch of one level, in milliseconds. */
const STRETCH_MS = 20;
/**
 * Least share of stretches whose level differs from the mean of its neighbours 40 ms away by so much. Trials (docs/measurement.md): speech 0.55 and more down to
 * 5 dB over noise; steps and bursts of noise, hum and clicks in rooms 0.42 and less.
 */
const LEAST_STEPS = 0.48;
/**
 * Least share of stretches that are louder than the one before by half a dB: speech swells as often as it fades, whatever the room, and
 * clicks only ring down. 400 replies of the tuning set and of other voices 0.27 and more (one of two words 0.21); 150 trials of one to
 * four clicks in rooms 0.23 and less.
 */
const LEAST_RISES = 0.24;
const RISE_DB = 0.5;
/** Least share of frames that the detector takes for voice: speech 0.8 and more in the same trials. */
const LEAST_VOICED = 0.6;
/** Speech fills at least this many bands to within 25 dB of the strongest; a beep fills one or two. */
const LEAST_BANDS = 3;
const BAND_RANGE = 0.003;
/** Shortest reply, in milliseconds of sound near its loudness: some clicks in a room ring for 130 each. */
const LEAST_SOUND_MS = 250;
/** Speech this short has to move more: in 600 trials 0.69 and more; some clicks in rooms reach 0.6. */
const SHORT = { soundMs: 430, steps: 0.65 } as const;
/**
 * A hard room fills the pauses of speech, but clicks do not last. 40 trials of one to four clicks in rooms: 470 ms at most; replies at 10 dB
 * in a room of 0.6 s have 0.42 to 0.47 of such steps, over 600 to 980 ms of which 0.92 is voice.
 */
const LASTING = { soundMs: 550, steps: 0.4, voiced: 0.9, bands: 5 } as const;

/** What a stretch of sound is like. */
export interface Likeness {
  /** Share of 20 ms stretches whose level leaves the trend around them, 0 to 1: near 0 for steady and fading sound. */
  readonly steps: number;
  /** Share of 20 ms stretches that are louder than the one before, 0 to 1: near 0.5 for noise, below 0.25 for what only rings down. */
  readonly rises: number;
  /** Share of frames with voice by the voice-activity detector, 0 to 1. */
  readonly voiced: number;
  /** Bands that hold sound over the noise. */
  readonly bands: number;
  /** Time near the loudest level. */
  readonly soundMs: number;
}

/** How the level of [from, to) moves from stretch to stretch. */
export function levelMoves(
  { powers }: BandPowers,
  from: number,
  to: number,
): Pick<Likeness, 'steps' | 'rises'> {
  const stretch = framesIn(STRETCH_MS);
  const stretches = floor((to - from) / stretch);
  // Each band counts alike: else one low band, which scatters, would decide.
  const mean = new Float64Array(BANDS).fill(Number.MIN_VALUE);
  for (let index = from * BANDS; index < to * BANDS; index++)
    mean[index % BANDS] = (mean[index % BANDS] ?? 0) + (powers[index] ?? 0);
  const levels = Float64Array.from({ length: max(0, stretches) }, (_, n) => {
    let sum = Number.MIN_VALUE;
    const first = (from + n * stretch) * BANDS;
    for (let index = first; index < first + stretch * BANDS; index++)
      sum += (powers[index] ?? 0) / (mean[index % BANDS] ?? 0);
    return 10 * log10(sum);
  });
  const level = (n: number): number => levels[n] ?? 0;
  let steps = 0;
  for (let n = 2; n + 2 < stretches; n++)
    if (abs(level(n + 2) - 2 * level(n) + level(n - 2)) > STEP_DB) steps++;
  let rises = 0;
  for (let n = 1; n < stretches; n++) if (level(n) > level(n - 1) + RISE_DB) rises++;
  return {
    steps: stretches > 4 ? steps / (stretches - 4) : 0,
    rises: stretches > 1 ? rises / (stretches - 1) : 0,
  };
}

/** Bands of [from, to) whose sound over the noise is within 25 dB of the strongest. */
export function filledBands({ powers }: BandPowers, noise: NoiseFloor, from: number, to: number): number {
  const excess = new Float64Array(BANDS);
  for (let index = from * BANDS; index < to * BANDS; index++)
    excess[index % BANDS] =
      (excess[index % BANDS] ?? 0) + max(0, (powers[index] ?? 0) - (noise.power[index % BANDS] ?? 0));
  const strongest = max(...excess);
  return excess.filter((power) => power > 0 && power >= strongest * BAND_RANGE).length;
}

/** True when all that is known of a stretch speaks for speech. */
export const isSpeech = ({ steps, rises, voiced, bands, soundMs }: Likeness): boolean =>
  rises >= LEAST_RISES &&
  ((steps >= (soundMs < SHORT.soundMs ? SHORT.steps : LEAST_STEPS) &&
    voiced >= LEAST_VOICED &&
    bands >= LEAST_BANDS &&
    soundMs >= LEAST_SOUND_MS) ||
    (steps >= LASTING.steps &&
      voiced >= LASTING.voiced &&
      bands >= LASTING.bands &&
      soundMs >= LASTING.soundMs));

/** True for sound that goes on without changing: noise or hum that was switched on. */
export const isSteady = ({ steps, soundMs }: Likeness): boolean =>
  steps < LEAST_STEPS / 2 && soundMs > LEAST_SOUND_MS;
