import type { PcmClip } from '../../audio';
import type { RigTruth } from '../../ports';
import { RATE_HZ } from './layout';
import { placed, type Placed } from './mixing';
import { OPUS_DELAY_SAMPLES, OPUS_RATE_HZ, throughOpus } from './opus-path';
import { atRate, type Spoken } from './spoken';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, round } = Math;

/** An underrun of the board: silence, after which the reply goes on. */
export interface Gap {
  /** From the reply's first sample, as if there were no gaps. */
  readonly atMs: number;
  readonly lengthMs: number;
  /** True: what was due during the gap is lost. Default: it plays afterwards, so the rest comes later. */
  readonly losesSound?: boolean;
}

export interface PlayoutConditions {
  readonly reply: Spoken;
  /** Rig sample at which the board's speaker begins; fractional, counted. */
  readonly atRigSample: number;
  /** Board's crystal against the rig's. */
  readonly boardPpm: number;
  readonly opus: boolean;
  readonly gaps: readonly Gap[];
  /** The board drops the reply from here on. */
  readonly cutAtMs: number | undefined;
}

/** A reply as it leaves the board's speaker, on the rig's clock, and where that is by counting. */
export interface Playout {
  readonly sound: Placed;
  /** First speech sample; fractional. */
  readonly onsetAtRigSample: number;
  /** False when that sample was lost, and what follows it for 10 ms: then no onset left the speaker. */
  readonly onsetPlayed: boolean;
  /** From the reply's first sample to that one in rig samples, stalls not included. */
  readonly leadInSamples: number;
  readonly endAtRigSample: number;
  readonly spans: RigTruth['speakerSpans'];
}

const TRUTH_SPAN_SAMPLES = 480;
/** Less speech than this is no beginning that was lost. */
const LOST_ONSET_MS = 10;

const losesSound = (gap: Gap): boolean => gap.losesSound === true;
const inSamples = (ms: number): number => round((ms * RATE_HZ) / 1000);

function withGaps(samples: Float32Array, gaps: readonly Gap[]): Float32Array {
  const kept = samples.slice();
  for (const { atMs, lengthMs } of gaps.filter(losesSound))
    kept.fill(0, inSamples(atMs), inSamples(atMs + lengthMs));
  const parts: Float32Array[] = [];
  let from = 0;
  for (const { atMs, lengthMs } of gaps.filter((gap) => !losesSound(gap))) {
    const at = Math.min(kept.length, inSamples(atMs));
    parts.push(kept.subarray(from, at), new Float32Array(inSamples(lengthMs)));
    from = at;
  }
  parts.push(kept.subarray(from));
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The board decodes a reply and plays it by its own crystal, with the gaps and the cut that are asked for. */
export function simulatePlayout(conditions: PlayoutConditions): Playout {
  const { reply, atRigSample, boardPpm, opus, cutAtMs } = conditions;
  const gaps = [...conditions.gaps].sort((a, b) => a.atMs - b.atMs);
  const source: PcmClip = opus
    ? { samples: throughOpus(atRate(reply.sound, OPUS_RATE_HZ)), rateHz: OPUS_RATE_HZ }
    : reply.sound;
  const codecSamples = opus ? OPUS_DELAY_SAMPLES : 0;
  const step = (source.rateHz * (1 + boardPpm * 1e-6)) / RATE_HZ;

  const whole = placed(source.samples, atRigSample, step);
  const cut = cutAtMs === undefined ? whole.samples.length : inSamples(cutAtMs);
  const kept = whole.samples.map((value, n) => (n < cut ? value : 0));
  const samples = gaps.length === 0 ? kept : withGaps(kept, gaps);

  /** Where a sample of the clip leaves the speaker. */
  const leavesAt = (clipSample: number): number => {
    const played = ((clipSample * source.rateHz) / reply.clip.rateHz + codecSamples) / step;
    const waited = gaps
      .filter((gap) => !losesSound(gap) && inSamples(gap.atMs) <= played)
      .reduce((sum, { lengthMs }) => sum + inSamples(lengthMs), 0);
    return atRigSample + played + waited;
  };
  const waitedUntilCut = gaps
    .filter((gap) => !losesSound(gap) && inSamples(gap.atMs) <= cut)
    .reduce((sum, { lengthMs }) => sum + inSamples(lengthMs), 0);
  const silentFrom = cutAtMs === undefined ? Infinity : whole.atSample + cut + waitedUntilCut;
  const onsetPlayedAtMs = ((leavesAt(reply.clip.onsetSample) - atRigSample) * 1000) / RATE_HZ;
  const perRigSample = reply.clip.rateHz / RATE_HZ;
  const spans = Array.from({ length: ceil(reply.clip.lengthSamples / TRUTH_SPAN_SAMPLES) }, (_, n) => {
    const from = leavesAt(n * TRUTH_SPAN_SAMPLES);
    return {
      itemId: 'i1',
      sourceSample: n * TRUTH_SPAN_SAMPLES,
      lengthSamples: Math.min(TRUTH_SPAN_SAMPLES, (silentFrom - from) * perRigSample),
      sourceRateHz: reply.clip.rateHz,
      atRigSample: from,
    };
  }).filter(({ lengthSamples }) => lengthSamples > 0);
  return {
    sound: { samples, atSample: whole.atSample },
    onsetAtRigSample: leavesAt(reply.clip.onsetSample),
    onsetPlayed: !gaps.some(
      (gap) =>
        losesSound(gap) &&
        gap.atMs <= onsetPlayedAtMs &&
        gap.atMs + gap.lengthMs >= onsetPlayedAtMs + LOST_ONSET_MS,
    ),
    leadInSamples: (reply.clip.onsetSample * source.rateHz) / reply.clip.rateHz / step,
    endAtRigSample: whole.atSample + samples.length,
    spans,
  };
}
