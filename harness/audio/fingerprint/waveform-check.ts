import type { PcmClip } from '../pcm-clip';
import { decimated, timeScaled } from '../time-scale';
import { goOn, type BetweenSteps } from './between-steps';
import { mostMissing } from './missing-part';
import { findPlayback, OVERSAMPLING, played, WAVE_RATE_HZ, type Playback } from './playback';
import { errorWeights, RoomFit } from './room-filter';
import { worstError } from './worst-error';

const { abs, floor, max, sqrt } = Math;

/** How well a template's very waveform accounts for what was heard. */
export interface WaveformCheck {
  /** Correlation of what was heard with the template as played in the room, weighted, 0 to 1. */
  readonly likeness: number;
  /** Largest error over 100 ms, in multiples of what noise, codec and late reverberation explain. */
  readonly worstError: number;
  /** How much of the template's weakest part was not there, 0 to about 1. */
  readonly mostMissing: number;
  readonly playback: Playback;
}

/** The filter that judges. Of a room that rings for 0.6 s this is three quarters; the rest counts as late reverberation. */
const FILTER_MS = 150;
const AHEAD_MS = 45;

/** 80 ms. */
const KEPT_LEAD_IN = 640;

/** A recording's waveform ready to be compared. */
export function waveformOf(samples: Float32Array, rateHz: number): Float32Array {
  const slow = atWaveRate(samples, rateHz);
  return timeScaled(slow, { start: 0, step: 1 / OVERSAMPLING, lengthSamples: slow.length * OVERSAMPLING });
}

/** What folds over at the top is a filter's work at no speed: a hiss whose energy lies at 4 to 5 kHz must leave nothing below. */
const STEEP = { zeroCrossings: 24, edge: 0.93 };

/** A clip at the rate of comparison. */
function atWaveRate(samples: Float32Array, rateHz: number): Float32Array {
  const factor = rateHz / WAVE_RATE_HZ;
  if (Number.isInteger(factor)) return decimated(samples, factor, STEEP);
  return timeScaled(samples, { start: 0, step: factor, lengthSamples: floor(samples.length / factor) });
}

/** Samples [from, to). */
export interface SampleSpan {
  readonly from: number;
  readonly to: number;
}

/** What was heard, made ready to be compared with several templates. */
export interface HeardWaveform {
  /** At `WAVE_RATE_HZ`. */
  readonly samples: Float32Array;
  /** How many of them, at the front, hold noise only. */
  readonly leadInSamples: number;
  readonly isClipped: boolean;
  /** Samples that stand in for lost sound, and say nothing. */
  readonly invented: readonly SampleSpan[];
}

/** The detected onset is late rather than early by up to this. */
const LATE_ONSET_MS = 60;

/** A decoder that predicts from what it decoded before takes up the sound again within about three packets of the loss. */
const RECOVERY_MS = 60;
/** With more of it lost than this what is left could be another sentence. */
const MOST_INVENTED_SHARE = 0.25;

export function heardWaveform(
  { samples, rateHz }: PcmClip,
  leadInSamples: number,
  invented: readonly SampleSpan[] = [],
): HeardWaveform {
  const leadInMs = max(0, (leadInSamples * 1000) / rateHz - LATE_ONSET_MS);
  return {
    samples: atWaveRate(samples, rateHz),
    leadInSamples: floor((leadInMs * WAVE_RATE_HZ) / 1000),
    isClipped: isClipped(samples),
    invented: distrusted(invented, samples.length - leadInSamples, rateHz),
  };
}

/** What of lost sound is to be left out, at `WAVE_RATE_HZ`; nothing where too much was lost. */
function distrusted(
  invented: readonly SampleSpan[],
  speechSamples: number,
  rateHz: number,
): readonly SampleSpan[] {
  const lost = invented.reduce((sum, { from, to }) => sum + to - from, 0);
  if (lost > MOST_INVENTED_SHARE * speechSamples) return [];
  const perSample = WAVE_RATE_HZ / rateHz;
  const recovery = (RECOVERY_MS * WAVE_RATE_HZ) / 1000;
  return invented.map(({ from, to }) => ({
    from: floor(from * perSample),
    to: floor(to * perSample + recovery),
  }));
}

/** Three samples in a row at the very top, ten times, are no coincidence. */
const CLIPPED_RUN = 3;
const CLIPPED_RUNS = 10;

function isClipped(samples: Float32Array): boolean {
  let top = 0;
  for (let n = 0; n < samples.length; n++) top = max(top, abs(samples[n] as number));
  const edge = top * 0.999;
  let [run, runs] = [0, 0];
  for (let n = 0; n < samples.length; n++) {
    run = abs(samples[n] as number) >= edge ? run + 1 : 0;
    if (run === CLIPPED_RUN) runs += 1;
  }
  return runs >= CLIPPED_RUNS;
}

/**
 * Compares the waveform of a clip with that of a template: finds the speed to a few hundred-thousandths, then the room as a
 * linear filter, then looks for a stretch that the template does not explain, and for a part of the template that is missing.
 * A recording that was played is explained throughout; where another word was spoken nothing is.
 * @param template - From `waveformOf`.
 * @param guess - Where it was heard according to its band energies.
 */
export function checkWaveform(
  { samples, leadInSamples, isClipped: clipped, invented }: HeardWaveform,
  template: Float32Array,
  guess: Playback,
  betweenSteps: BetweenSteps = goOn,
): WaveformCheck {
  const weights = errorWeights(samples, leadInSamples);
  // Most of the lead-in shows noise only, and transforms double their size to hold it.
  const skipped = max(0, leadInSamples - KEPT_LEAD_IN);
  const later = { start: guess.start + skipped * guess.speed, speed: guess.speed };
  betweenSteps();
  const found = findPlayback(samples.subarray(skipped), template, later, weights, betweenSteps);
  const playback = { start: found.start - skipped * found.speed, speed: found.speed };
  betweenSteps();
  const fitTo = (heard: Float32Array): RoomFit =>
    new RoomFit(heard, {
      rateHz: WAVE_RATE_HZ,
      filterMs: FILTER_MS,
      aheadMs: AHEAD_MS,
      weights,
      weightedToHz: WAVE_RATE_HZ / 2,
    });
  const asPlayed = played(template, playback, samples.length);
  let fit = fitTo(samples);
  betweenSteps();
  for (let step = 0; invented.length > 0 && step < MENDING_STEPS; step++) {
    fit = fitTo(mended(samples, fit.predicted(asPlayed, betweenSteps), invented));
    betweenSteps();
  }
  const room = fit.model(asPlayed, betweenSteps);
  const { heard, model } = room;
  betweenSteps();
  return {
    likeness: likenessOf(heard, model),
    worstError: worstError(heard, model, leadInSamples, clipped),
    mostMissing: mostMissing(asPlayed, room, betweenSteps),
    playback,
  };
}

/** The first filter is fitted to what was invented as well. */
const MENDING_STEPS = 2;

/** The samples with what was invented replaced by what is expected there, so that it counts for nothing. */
function mended(
  samples: Float32Array,
  expected: Float32Array,
  invented: readonly SampleSpan[],
): Float32Array {
  const out = Float32Array.from(samples);
  for (const { from, to } of invented) out.set(expected.subarray(from, to), from);
  return out;
}

function likenessOf(heard: Float32Array, model: Float32Array): number {
  let [both, one, other] = [0, 0, 0];
  for (let n = 0; n < heard.length; n++) {
    both += (heard[n] as number) * (model[n] as number);
    one += (heard[n] as number) * (heard[n] as number);
    other += (model[n] as number) * (model[n] as number);
  }
  return both / sqrt(one * other + 1e-30);
}
