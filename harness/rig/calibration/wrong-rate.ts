import { locate, SearchableSound, timeScaled } from '../../audio';
import { samplesIn } from '../../units';
import type { CapturedChannel } from './follow-probe';
import type { Probe } from './probe';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, floor } = Math;

/** Clocks that converters run at. */
export const CONVERTER_RATES_HZ = [
  8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
] as const;
/** This much of the probe decides which rate it is. */
const ANCHOR_MS = 500;
const LATEST_MS = 1500;
/** A ratio that is this near a usual one is that one. */
const NAMED_WITHIN = 0.005;

/** Playback and capture that run at rates other than what they are set to. */
export interface WrongRate {
  /** Samples captured for each one played: 0.91875 when the capture runs at 44.1 kHz where 48 kHz is set. */
  readonly ratio: number;
  /** Which of the two is off; `both` are when sound comes back unchanged and only the host's clock shows it. */
  readonly side: 'capture' | 'playback' | 'both';
  readonly setHz: number;
  readonly runsAtHz: number;
}

/**
 * Looks for a probe as it comes back when playback or capture runs at another usual rate than the one that is set. Only for
 * a probe that was not found at its own rate; costs some 5 ms for each of the rates.
 * @returns undefined when no rate explains the sound.
 */
export function wrongRate(
  channel: CapturedChannel,
  probe: Probe,
  playedAtSample: number,
): WrongRate | undefined {
  const setHz = probe.rateHz;
  const factor = channel.searchable.coarseFactor;
  const coarse = new SearchableSound(channel.searchable.coarse, channel.rateHz / factor);
  const sent = new SearchableSound(probe.samples, probe.rateHz).coarse.subarray(
    0,
    floor(samplesIn(ANCHOR_MS, setHz) / factor),
  );
  const others = CONVERTER_RATES_HZ.filter((rateHz) => rateHz !== setHz);
  const tried = [
    ...others.map((runsAtHz) => ({ ratio: runsAtHz / setHz, side: 'capture' as const, runsAtHz })),
    ...others.map((runsAtHz) => ({ ratio: setHz / runsAtHz, side: 'playback' as const, runsAtHz })),
  ].filter(({ ratio }) => ratio > 0.2 && ratio < 5);
  const inMs = coarse.rateHz / 1000;
  const found = tried.flatMap((candidate) => {
    const { ratio } = candidate;
    const lengthSamples = floor(sent.length * ratio);
    const at = locate(coarse, timeScaled(sent, { start: 0, step: 1 / ratio, lengthSamples }), {
      fromSample: playedAtSample / factor - 50 * inMs,
      toSample: playedAtSample / factor + LATEST_MS * inMs,
    });
    return at.state === 'found' ? [{ ...candidate, significance: at.significance }] : [];
  });
  const best = found.sort((a, b) => b.significance - a.significance)[0];
  return best === undefined
    ? undefined
    : { ratio: best.ratio, side: best.side, setHz, runsAtHz: best.runsAtHz };
}

/**
 * The rate that both run at, by the host's clock, when it is another usual rate than the one that is set: sound comes back
 * unchanged then, at the wrong pitch for everybody else.
 * @param measuredHz - Samples of the capture per second of the host's clock.
 * @returns undefined for the rate that is set, and for what is no usual rate: a host that was busy.
 */
export function wrongRateOfBoth(setHz: number, measuredHz: number): WrongRate | undefined {
  const near = (rateHz: number): boolean => abs(measuredHz / rateHz - 1) < NAMED_WITHIN;
  if (near(setHz)) return undefined;
  const runsAtHz = CONVERTER_RATES_HZ.find(near);
  return runsAtHz === undefined ? undefined : { ratio: runsAtHz / setHz, side: 'both', setHz, runsAtHz };
}
