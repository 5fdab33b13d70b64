import { clipping } from '../../audio';
import { dbOfGain } from '../../units';
import { followProbe, type CapturedChannel, type ProbeSegment, type SoughtProbe } from './follow-probe';
import { probeCourse, type ProbeCourse } from './probe-course';
import { silencedStretches, type SilencedStretch } from './silenced';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, log10, max, min, sign, sqrt } = Math;

/** More of it went through unchanged than is worth telling apart. */
const MOST_EXPLAINED_DB = 100;

/** A probe as one channel heard it. Places are samples of the capture that was given. */
export interface HeardProbe extends ProbeCourse {
  /** Level of the channel over that of what was handed to the output, in the probe's band. */
  readonly gainDb: number;
  /** The probe against everything else in the channel while it played, in its band, -100 to 100: a wire has 20 and more, a room less than 10. */
  readonly explainedDb: number;
  /** The channel has the probe upside down. */
  readonly isInverted: boolean;
  /** Samples that are cut off flat. */
  readonly clippedSamples: number;
  readonly silenced: readonly SilencedStretch[];
  readonly segments: readonly ProbeSegment[];
}

/**
 * Looks for a probe in one channel of a capture.
 * @param playedAtSample - Where its first sample was handed to the output, in samples of the capture.
 * @param playedGain - By which it was turned down when it was played.
 * @returns undefined when it is not there at its own rate.
 */
export function hearProbe(
  channel: CapturedChannel,
  sought: SoughtProbe,
  {
    playedAtSample,
    playedGain,
    noiseRms,
  }: { readonly playedAtSample: number; readonly playedGain: number; readonly noiseRms: number },
): HeardProbe | undefined {
  const segments = followProbe(channel, sought, playedAtSample);
  const course = probeCourse(segments);
  if (course === undefined) return undefined;
  let [probeEnergy, heardEnergy, product] = [0, 0, 0];
  for (const segment of segments) {
    probeEnergy += segment.probeEnergy;
    heardEnergy += segment.heardEnergy;
    product += segment.product;
  }
  if (probeEnergy === 0 || heardEnergy === 0 || product === 0) return undefined;
  const gain = abs(product) / probeEnergy;
  const same = product ** 2 / (probeEnergy * heardEnergy);
  const explained = 10 * log10(same / max(1 - same, 1e-12));
  const first = max(0, Math.floor(course.atSample));
  const end = min(channel.samples.length, first + sought.probe.samples.length);
  return {
    ...course,
    gainDb: dbOfGain(gain / playedGain),
    explainedDb: max(-MOST_EXPLAINED_DB, min(MOST_EXPLAINED_DB, explained)),
    isInverted: sign(product) < 0,
    clippedSamples: clipping(channel.samples.subarray(first, max(first, end))).clippedSamples,
    silenced: silencedStretches(channel, sought, segments, { gain, noiseRms }),
    segments,
  };
}

/** How much fainter the probe's peaks came back than its quiet parts, in dB: 0 for a straight path, more for one that limits. */
export function peakCompressionDb(
  channel: CapturedChannel,
  { probe, banded }: SoughtProbe,
  heard: HeardProbe,
): number {
  const loud = 10 ** (probe.peakDbFs / 20) / 2;
  const soft = 10 ** (probe.levelDbFs / 20);
  const products = { loud: { both: 0, own: 0 }, soft: { both: 0, own: 0 } };
  for (const { fromSample, toSample, displacementSamples } of heard.segments) {
    // Whole samples are near enough: both parts are off alike.
    const shift = Math.round(displacementSamples);
    for (let n = fromSample; n < toSample; n++) {
      const sent = banded[n] ?? 0;
      const size = abs(sent);
      const part = size > loud ? products.loud : size < soft ? products.soft : undefined;
      if (part === undefined) continue;
      part.both += sent * (channel.banded[n + shift] ?? 0);
      part.own += sent * sent;
    }
  }
  const gainOf = ({ both, own }: { readonly both: number; readonly own: number }): number =>
    own === 0 ? 0 : abs(both) / own;
  const [loudGain, softGain] = [gainOf(products.loud), gainOf(products.soft)];
  return loudGain === 0 || softGain === 0 ? 0 : dbOfGain(softGain / loudGain);
}

/** Root mean square of a channel, 0 for silence. */
export const rmsOf = (samples: Float32Array): number => {
  let energy = 0;
  for (let n = 0; n < samples.length; n++) energy += (samples[n] ?? 0) ** 2;
  return samples.length === 0 ? 0 : sqrt(energy / samples.length);
};
