import { bandLimitToSpeech, locate, SearchableSound, timeScaled } from '../../audio';
import { samplesIn } from '../../units';
import type { Probe } from './probe';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, max, min, round } = Math;

/** Short enough that clocks 1000 ppm apart smear it by 2 samples only, long enough to be found 20 dB under the noise. */
const SEGMENT_MS = 50;
/**
 * As much of the probe as says where it begins; then less, for clocks so far apart (0.6 % has been seen) that they smear the
 * longer one until nothing of it is left.
 */
const ANCHORS_MS = [400, SEGMENT_MS] as const;
/** Drift and jitter move a segment against the one before by less. */
const NEAR_MS = 2;
/** Sound that was lost or inserted at one place; more of it is found again further on. */
const MOVED_WITHIN_MS = 400;
/** Buffers of output and input, their server and the air; and how early the start of the playback may be stated too late. */
const LATEST_MS = 1500;
const EARLIEST_MS = 50;

/** One channel of a capture, made ready to be searched. */
export class CapturedChannel {
  readonly searchable: SearchableSound;
  private limited: Float32Array | undefined;

  constructor(
    readonly samples: Float32Array,
    readonly rateHz: number,
  ) {
    this.searchable = new SearchableSound(samples, rateHz);
  }

  /** Without hum, offset and what is above the probe: levels are compared in its band. */
  get banded(): Float32Array {
    this.limited ??= bandLimitToSpeech(this).samples;
    return this.limited;
  }
}

/** A piece of the probe as it was captured. */
export interface ProbeSegment {
  /** Half-open range of the probe's samples. */
  readonly fromSample: number;
  readonly toSample: number;
  /** Where this piece says that sample 0 of the probe stands in the capture, fractional. */
  readonly displacementSamples: number;
  /** Products with the probe, in its band: energy of the probe, of what was captured, and of both together. */
  readonly probeEnergy: number;
  readonly heardEnergy: number;
  readonly product: number;
}

/** A probe that is looked for more than once. */
export class SoughtProbe {
  private limited: Float32Array | undefined;

  constructor(readonly probe: Probe) {}

  /** As a capture's `banded` has it. */
  get banded(): Float32Array {
    this.limited ??= bandLimitToSpeech(this.probe).samples;
    return this.limited;
  }
}

function segmentAt(
  channel: CapturedChannel,
  { banded }: SoughtProbe,
  fromSample: number,
  toSample: number,
  displacementSamples: number,
): ProbeSegment {
  const first = max(0, ceil(fromSample + displacementSamples));
  const end = min(channel.samples.length, first + toSample - fromSample);
  const heard = channel.banded.subarray(first, max(first, end));
  const expected = timeScaled(banded, {
    start: first - displacementSamples,
    step: 1,
    lengthSamples: heard.length,
  });
  let [probeEnergy, heardEnergy, product] = [0, 0, 0];
  for (let n = 0; n < heard.length; n++) {
    const [sent, got] = [expected[n] ?? 0, heard[n] ?? 0];
    probeEnergy += sent * sent;
    heardEnergy += got * got;
    product += sent * got;
  }
  return { fromSample, toSample, displacementSamples, probeEnergy, heardEnergy, product };
}

/**
 * Follows a probe through a capture, piece by piece: each is found by itself, near where the one before was, or else where
 * lost or inserted sound has put it. Pieces that are not there are left out.
 * @param playedAtSample - Where its first sample was handed to the output, in samples of the capture.
 * @returns None when the probe is not there at its own rate.
 */
export function followProbe(
  channel: CapturedChannel,
  sought: SoughtProbe,
  playedAtSample: number,
): readonly ProbeSegment[] {
  const { searchable, rateHz } = channel;
  const { samples } = sought.probe;
  const inMs = rateHz / 1000;
  const anchored = (anchorMs: number): ReturnType<typeof locate> =>
    locate(searchable, samples.subarray(0, samplesIn(anchorMs, rateHz)), {
      fromSample: playedAtSample - EARLIEST_MS * inMs,
      toSample: playedAtSample + LATEST_MS * inMs,
    });
  let anchor = anchored(ANCHORS_MS[0]);
  if (anchor.state === 'not-found') anchor = anchored(ANCHORS_MS[1]);
  if (anchor.state === 'not-found') return [];
  const lengthSamples = samplesIn(SEGMENT_MS, rateHz);
  const segments: ProbeSegment[] = [];
  let displacement = anchor.startSample;
  for (let from = 0; from + lengthSamples <= samples.length; from += lengthSamples) {
    const piece = samples.subarray(from, from + lengthSamples);
    const within = (ms: number): ReturnType<typeof locate> =>
      locate(searchable, piece, {
        fromSample: round(from + displacement - ms * inMs),
        toSample: round(from + displacement + ms * inMs) + 1,
      });
    const near = within(NEAR_MS);
    const found = near.state === 'found' ? near : within(MOVED_WITHIN_MS);
    if (found.state === 'not-found') continue;
    displacement = found.startSample - from;
    segments.push(segmentAt(channel, sought, from, from + lengthSamples, displacement));
  }
  return segments;
}
