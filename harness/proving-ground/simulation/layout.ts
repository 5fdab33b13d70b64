/** Rate of the rig's capture. */
export const RATE_HZ = 48_000;
/** Rig samples count from the rig's opening; this is the capture's first. */
export const FIRST_RIG_SAMPLE = 96_000;
/** Capture ahead of the prompt. */
export const PRE_ROLL_MS = 300;
/** Capture after the reply. */
export const POST_ROLL_MS = 500;
/** Host time of rig sample 0. */
const RIG_START_AT_MS = 5_000;

/** Host time at which the rig heard a sample, by counting. */
export const hostAtMs = (rigSample: number): number => RIG_START_AT_MS + (rigSample * 1000) / RATE_HZ;

/** The inverse of `hostAtMs`; fractional. */
export const rigSampleAt = (atMs: number): number => ((atMs - RIG_START_AT_MS) * RATE_HZ) / 1000;
