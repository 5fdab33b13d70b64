import type { Alignment } from './align';
import { steadyRuns } from './clock-drift';
import type { Break } from './continuity';
import type { SearchableSound } from './locate';
import { fitRoomPath, throughRoomPath } from './room-path';
import { decimated, timeScaled } from './time-scale';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { floor, log10, max, min, round } = Math;

/** Below half of this codecs for speech keep the waveform; above it they keep not much more than its level. */
const RATE_HZ = 8000;
/** As long as a packet, looked at twice a packet. */
const FRAME_MS = 20;
const HOP_MS = 10;
/** A frame this far below the loudest one is a pause, in which nothing is missed. */
const AUDIBLE_DB = 20;
/** Of the room: what is later adds to the noise. */
const PATH_MS = 150;
const PATH_LEAD_MS = 2;
/**
 * What is not explained, re what is: in a frame that was made up at least this much, and that much more than in most frames of
 * the same reply. Codecs at 16 and 24 kbit/s leave -20 dB (-16 dB in a room at 10 dB SNR, at most -5 dB in single frames), libopus'
 * concealment -6 dB in single packets and 0 dB in runs. See docs/network-faults.md for what that finds.
 */
const UNLIKE_DB = -6;
const OVER_USUAL_DB = 8;
/** One frame is chance. */
const LEAST_FRAMES = 2;
/** Less of a reply has no usual. */
const LEAST_AUDIBLE_FRAMES = 20;

type FoundAlignment = Extract<Alignment, { readonly state: 'found' }>;

/** The sound on the reference's time, as far as the alignment places it. */
interface Followed {
  readonly heard: Float32Array;
  /** Half-open ranges of the reference, and where each begins in the sound. */
  readonly parts: readonly { readonly from: number; readonly to: number; readonly atSample: number }[];
}

function follow(
  samples: Float32Array,
  { segments, stretchPpm }: FoundAlignment,
  rateHz: number,
  factor: number,
  length: number,
): Followed {
  const drift = stretchPpm * 1e-6;
  const heard = new Float32Array(length);
  const parts = steadyRuns(segments, rateHz).flatMap((run) => {
    const from = max(0, round((run[0]?.fromSample ?? 0) / factor));
    const to = min(length, round((run.at(-1)?.toSample ?? 0) / factor));
    if (to <= from) return [];
    // A segment was placed as a whole, so its place is that of its middle.
    const offsets = run.map(
      ({ fromSample, toSample, displacementSamples = 0 }) =>
        displacementSamples - (drift * (fromSample + toSample)) / 2,
    );
    const offset = offsets.reduce((sum, value) => sum + value, 0) / offsets.length / factor;
    const atSample = from * (1 + drift) + offset;
    heard.set(timeScaled(samples, { start: atSample, step: 1 + drift, lengthSamples: to - from }), from);
    return [{ from, to, atSample }];
  });
  return { heard, parts };
}

interface Frame {
  readonly from: number;
  readonly expected: number;
  readonly unlikeDb: number;
}

function framesOf(
  expected: Float32Array,
  heard: Float32Array,
  from: number,
  to: number,
  frame: number,
  hop: number,
): Frame[] {
  const frames: Frame[] = [];
  for (let start = from; start + frame <= to; start += hop) {
    let [power, rest] = [0, 0];
    for (let n = start; n < start + frame; n++) {
      const wanted = expected[n] as number;
      power += wanted * wanted;
      rest += ((heard[n] as number) - wanted) ** 2;
    }
    if (power > 0) frames.push({ from: start, expected: power, unlikeDb: 10 * log10(rest / power) });
  }
  return frames;
}

/**
 * Stretches of a known reply in which something else sounds, about as loud: what a decoder makes up for packets that did not
 * come. Sound without a break, which `continuity` cannot find. The reply is fitted through the room, and frames of 20 ms are
 * found in which far less is explained than in the others. What was made up so well that it sounds alike is not found, nor is
 * what was lost in a pause; what a decoder needs to recover behind a loss is part of the stretch. Noise that comes and goes
 * looks the same.
 * @param from - First sample of the reference's speech. @param to - Last + 1 that was due.
 * @returns In order; `atSample` and lengths to about 10 ms. Empty for replies of less than 0.2 s.
 */
export function concealedStretches(
  sound: SearchableSound,
  reference: Float32Array,
  alignment: FoundAlignment,
  { from, to }: { readonly from: number; readonly to: number },
): Break[] {
  const further = max(1, floor(sound.rateHz / sound.coarseFactor / RATE_HZ));
  const factor = sound.coarseFactor * further;
  const inMs = sound.rateHz / factor / 1000;
  const source = decimated(reference, factor);
  const samples = decimated(sound.coarse, further);
  const { heard, parts } = follow(samples, alignment, sound.rateHz, factor, source.length);
  const path = fitRoomPath(source, heard, {
    from: max(0, floor(from / factor)),
    to: min(source.length, floor(to / factor)),
    taps: round(PATH_MS * inMs),
    leadSamples: round(PATH_LEAD_MS * inMs),
  });
  if (path === undefined) return [];
  const expected = throughRoomPath(source, path);
  const [frame, hop] = [round(FRAME_MS * inMs), round(HOP_MS * inMs)];
  const ofParts = parts.map((part) => ({
    ...part,
    frames: framesOf(
      expected,
      heard,
      max(part.from, floor(from / factor)),
      min(part.to, floor(to / factor)),
      frame,
      hop,
    ),
  }));
  const all = ofParts.flatMap(({ frames }) => frames);
  const loudest = all.reduce((most, { expected: power }) => max(most, power), 0);
  const isAudible = ({ expected: power }: Frame): boolean => power > loudest * 10 ** (-AUDIBLE_DB / 10);
  const usual = all
    .filter(isAudible)
    .map(({ unlikeDb }) => unlikeDb)
    .sort((a, b) => a - b);
  if (usual.length < LEAST_AUDIBLE_FRAMES) return [];
  const limitDb = max(UNLIKE_DB, (usual[floor(usual.length / 2)] as number) + OVER_USUAL_DB);
  return ofParts.flatMap(({ frames, from: begins, atSample }) =>
    runsOf(frames, (at) => isAudible(at) && at.unlikeDb > limitDb).map(([first, last]) => ({
      atSample: (atSample + first.from - begins) * factor,
      lengthMs: (last.from + frame - first.from) / inMs,
    })),
  );
}

/** First and last of the frames in a row that are so, where they are enough. */
function runsOf(frames: readonly Frame[], isSo: (frame: Frame) => boolean): (readonly [Frame, Frame])[] {
  const runs: (readonly [Frame, Frame])[] = [];
  let run: Frame[] = [];
  const close = (): void => {
    const [first, last] = [run[0], run.at(-1)];
    if (first !== undefined && last !== undefined && run.length >= LEAST_FRAMES) runs.push([first, last]);
    run = [];
  };
  for (const frame of frames) {
    if (isSo(frame)) run.push(frame);
    else close();
  }
  close();
  return runs;
}
