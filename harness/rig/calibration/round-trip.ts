import type { HeardProbe } from './heard-probe';
import type { HeardTake } from './heard-take';
import { faultLine, okLine, type RigCheckLine } from './rig-check';
import type { SilencedStretch } from './silenced';

const { hypot, max, min, sqrt } = Math;

/** One burst as it came back, in samples of the rig's clock. */
export interface ArrivedBurst {
  /** Middle of what was found of it. */
  readonly atRigSample: number;
  /** From handing a sample to the output to having it in the capture. */
  readonly roundTripSamples: number;
  readonly uncertaintySamples: number;
}

/** Undefined when nothing heard the burst. */
export function arrivedBurst({ best, slice, playedAtSample }: HeardTake): ArrivedBurst | undefined {
  if (best === undefined) return undefined;
  const { atSample, middleSample, uncertaintySamples } = best.heard;
  return {
    atRigSample: slice.firstRigSample + atSample + middleSample,
    roundTripSamples: atSample - playedAtSample,
    uncertaintySamples,
  };
}

/** Round trips within one open stream. */
export interface StreamRoundTrip {
  /** The median, at the first burst. */
  readonly samples: number;
  /** Largest less smallest, what drift explains taken out. */
  readonly spreadSamples: number;
  readonly bursts: number;
}

/** @param driftPpm - Capture against playback, which moves the round trip as time goes on. */
export function streamRoundTrip(
  bursts: readonly ArrivedBurst[],
  driftPpm: number,
): StreamRoundTrip | undefined {
  const [first] = bursts;
  if (first === undefined) return undefined;
  const steady = bursts
    .map(
      ({ atRigSample, roundTripSamples }) =>
        roundTripSamples - driftPpm * 1e-6 * (atRigSample - first.atRigSample),
    )
    .sort((a, b) => a - b);
  const middle = (steady.length - 1) / 2;
  const samples = ((steady[Math.floor(middle)] ?? 0) + (steady[Math.ceil(middle)] ?? 0)) / 2;
  return { samples, spreadSamples: max(...steady) - min(...steady), bursts: steady.length };
}

/** The way through a rig, over all streams that were opened. */
export interface RoundTrip {
  readonly samples: number;
  readonly ms: number;
  /** One standard uncertainty for a stream that is opened anew: the streams' own scatter, and that within a stream. */
  readonly uncertaintyMs: number;
  /** Largest scatter within one open stream. */
  readonly withinStreamSamples: number;
  /** One for each opening of the rig, the first one included. */
  readonly streams: readonly StreamRoundTrip[];
  /** Largest less smallest of the streams. Absent: the rig was opened once. */
  readonly betweenStreamsSamples?: number;
}

/** A grid of samples hides half of one either way. */
const GRID_SAMPLES = 0.5 / sqrt(3);

export function roundTripOf(streams: readonly StreamRoundTrip[], rateHz: number): RoundTrip | undefined {
  if (streams.length === 0) return undefined;
  const values = streams.map(({ samples }) => samples);
  const samples = values.reduce((sum, value) => sum + value, 0) / values.length;
  const between = max(...values) - min(...values);
  const within = max(...streams.map(({ spreadSamples }) => spreadSamples));
  // A spread of few is taken for the width of a uniform distribution.
  const uncertainty = hypot(between / sqrt(12), within / sqrt(12), GRID_SAMPLES);
  return {
    samples,
    ms: (samples * 1000) / rateHz,
    uncertaintyMs: (uncertainty * 1000) / rateHz,
    withinStreamSamples: within,
    streams,
    ...(streams.length < 2 ? {} : { betweenStreamsSamples: between }),
  };
}

/** Within one stream nothing but drift moves the way. */
const STEADY_SAMPLES = 1;
/** Openings differ by buffers; more than this is no rig to reckon with. */
const STREAMS_APART_MS = 50;

export function roundTripLine(trip: RoundTrip, rateHz: number): RigCheckLine {
  const { samples, ms, uncertaintyMs, withinStreamSamples, betweenStreamsSamples } = trip;
  const text =
    `${ms.toFixed(3)} ± ${uncertaintyMs.toFixed(3)} ms (${samples.toFixed(2)} samples), within ${withinStreamSamples.toFixed(2)} samples in one stream` +
    (betweenStreamsSamples === undefined
      ? ''
      : `, ${betweenStreamsSamples.toFixed(2)} samples apart over ${trip.streams.length} openings`);
  if (withinStreamSamples > STEADY_SAMPLES) return faultLine('round-trip', 'warn', 'unsteady', text);
  return betweenStreamsSamples !== undefined && (betweenStreamsSamples * 1000) / rateHz > STREAMS_APART_MS
    ? faultLine('round-trip', 'warn', 'unsteady', text)
    : okLine('round-trip', text);
}

/** One clock gives less than this: what is left is the estimate's own. */
const ONE_CLOCK_PPM = 5;

/** Whether playback and capture run on two clocks: what one clock shows as drift is the estimate's own error. */
export const areTwoClocks = (driftPpm: number, uncertaintyPpm: number): boolean =>
  Math.abs(driftPpm) > max(ONE_CLOCK_PPM, 4 * uncertaintyPpm);

export function clockLine(driftPpm: number, uncertaintyPpm: number): RigCheckLine {
  const text = `capture against playback ${driftPpm.toFixed(2)} ± ${uncertaintyPpm.toFixed(2)} ppm`;
  return areTwoClocks(driftPpm, uncertaintyPpm)
    ? faultLine(
        'clock',
        'warn',
        'two-clocks',
        `${text}: the round trip moves by ${Math.abs(driftPpm / 1000).toFixed(3)} ms each second`,
      )
    : okLine('clock', text);
}

/** What was lost on the way, over all that was played. */
export interface Continuity {
  readonly playedMs: number;
  /** Positive: samples that are missing; negative: that were put in. */
  readonly breaks: readonly { readonly atMs: number; readonly lostSamples: number }[];
  readonly silenced: readonly { readonly atMs: number; readonly lengthMs: number }[];
  /** What the rig itself told of. */
  readonly xruns: number;
}

export const continuityOf = (
  heard: Pick<HeardProbe, 'breaks'> & { readonly silenced: readonly SilencedStretch[] },
  { playedMs, rateHz, xruns }: { readonly playedMs: number; readonly rateHz: number; readonly xruns: number },
): Continuity => ({
  playedMs,
  breaks: heard.breaks.map(({ atProbeSample, lostSamples }) => ({
    atMs: (atProbeSample * 1000) / rateHz,
    lostSamples: Math.round(lostSamples * 10) / 10,
  })),
  silenced: heard.silenced.map(({ atProbeSample, lengthMs }) => ({
    atMs: (atProbeSample * 1000) / rateHz,
    lengthMs,
  })),
  xruns,
});

export function continuityLine({ playedMs, breaks, silenced, xruns }: Continuity): RigCheckLine {
  const seen = [
    ...breaks.map(({ atMs, lostSamples }) =>
      lostSamples > 0
        ? `${lostSamples} samples lost at ${Math.round(atMs)} ms`
        : `${-lostSamples} samples put in at ${Math.round(atMs)} ms`,
    ),
    ...silenced.map(({ atMs, lengthMs }) => `${lengthMs} ms silenced at ${Math.round(atMs)} ms`),
    ...(xruns === 0 ? [] : [`the rig told of ${xruns} xruns`]),
  ];
  const played = `${(playedMs / 1000).toFixed(1)} s of probe`;
  if (seen.length === 0) return okLine('continuity', `${played} came back whole`);
  const some =
    seen.slice(0, MOST_TOLD).join(', ') +
    (seen.length > MOST_TOLD ? `, and ${seen.length - MOST_TOLD} more` : '');
  return faultLine('continuity', 'fail', 'dropped-periods', `${played}: ${some}`);
}

/** A line has room for so many. */
const MOST_TOLD = 4;
