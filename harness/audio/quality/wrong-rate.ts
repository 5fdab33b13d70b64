import { align } from '../align';
import { locate, SearchableSound } from '../locate';
import type { PcmClip } from '../pcm-clip';
import { timeScaled } from '../time-scale';

/** Sample clocks that audio drivers run at. */
const PLAYOUT_RATES_HZ = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;
/** This much of the sound decides which rate it is. */
const ANCHOR_MS = 1000;
/** Share of the speech that has to be there at a rate, pieces in order and in place, before the rate explains the sound. */
const EXPLAINED_FROM = 0.5;

/** A reply that was played at another rate than it was recorded at. */
export interface WrongRate {
  /** Rate at which it was played over its own: 0.667 is too slow and too low, 1.5 too fast and too high. */
  readonly ratio: number;
  /** The usual rate of audio drivers that this is. */
  readonly playedAtHz: number;
  /** Share of the speech that was found at that rate, 0 to 1. */
  readonly completeness: number;
}

/**
 * Looks for a known reply as it sounds when its samples are played at another usual rate, for a sound in which it was not
 * found at its own. The ratio is measured, not just looked up: to some 10 ppm, clocks up to 600 ppm off. Searches every
 * rate, at 16 kHz: some 30 ms for each second of the sound, so only for what was not found otherwise.
 * @param reply - At its own rate. @param onset - Its first speech sample; `end`: last + 1 that can be there.
 * @returns undefined when no rate explains the sound: silence, noise, other speech, and the reply at its own rate.
 */
export function wrongRate(
  sound: SearchableSound,
  reply: PcmClip,
  { onset, end, fromSample }: { readonly onset: number; readonly end: number; readonly fromSample: number },
): WrongRate | undefined {
  const rateHz = sound.rateHz / sound.coarseFactor;
  const coarse = new SearchableSound(sound.coarse, rateHz);
  const from = fromSample / sound.coarseFactor;
  const found = PLAYOUT_RATES_HZ.filter((playedAtHz) => playedAtHz !== reply.rateHz).flatMap((playedAtHz) => {
    const perClip = rateHz / playedAtHz;
    const lengthSamples = Math.min((ANCHOR_MS * rateHz) / 1000, (end - onset) * perClip);
    const anchor = timeScaled(reply.samples, { start: onset, step: 1 / perClip, lengthSamples });
    const at = locate(coarse, anchor, { fromSample: from, path: 'strongest' });
    return at.state === 'found' ? [{ playedAtHz, perClip, significance: at.significance }] : [];
  });
  const best = found.sort((a, b) => b.significance - a.significance)[0];
  if (best === undefined) return undefined;
  const { playedAtHz, perClip } = best;
  const lengthSamples = Math.ceil(end * perClip);
  const scaled = timeScaled(reply.samples, { start: 0, step: 1 / perClip, lengthSamples });
  const range = { onset: Math.round(onset * perClip), end: lengthSamples };
  const aligned = align(coarse, scaled, range, { fromSample: from });
  if (aligned.state === 'not-found' || aligned.completeness < EXPLAINED_FROM) return undefined;
  const ratio = playedAtHz / reply.rateHz / (1 + aligned.stretchPpm * 1e-6);
  return { ratio, playedAtHz, completeness: aligned.completeness };
}
