import { timeScaled } from '../../audio';
import type { CapturedChannel, ProbeSegment, SoughtProbe } from './follow-probe';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, floor, min, sqrt } = Math;

/** Frames this long hold some ten periods of the probe's band, which never all cancel. */
const FRAME_MS = 2;
/** A frame is silenced when it is this much fainter than what was played: 20 dB. */
const FAINT = 0.1;
/** ... for this many frames in a row: one frame of noise may be faint by itself. */
const LEAST_FRAMES = 2;

/** A stretch in which what was played is replaced by silence, in place: nothing behind it is moved. */
export interface SilencedStretch {
  readonly atProbeSample: number;
  readonly lengthMs: number;
}

/**
 * Where the capture holds silence although the probe was being played, as dropped periods that are filled with zeros.
 * @param gain - Of the path, as an amplitude ratio.
 * @param noiseRms - Of the channel: under it nothing can be told, and nothing is.
 */
export function silencedStretches(
  channel: CapturedChannel,
  { banded }: SoughtProbe,
  segments: readonly ProbeSegment[],
  { gain, noiseRms }: { readonly gain: number; readonly noiseRms: number },
): readonly SilencedStretch[] {
  const { rateHz } = channel;
  const frame = ceil((FRAME_MS * rateHz) / 1000);
  const stretches: { atProbeSample: number; frames: number }[] = [];
  const frames = floor(banded.length / frame);
  let silent = 0;
  const end = (at: number): void => {
    if (silent >= LEAST_FRAMES) stretches.push({ atProbeSample: (at - silent) * frame, frames: silent });
    silent = 0;
  };
  // Frames between two found pieces stand where the first of them does.
  for (const [n, { displacementSamples }] of segments.entries()) {
    const index = n === 0 ? 0 : ceil((segments[n]?.fromSample ?? 0) / frame);
    const endIndex = min(frames, ceil((segments[n + 1]?.fromSample ?? Infinity) / frame));
    const first = ceil(index * frame + displacementSamples);
    const lengthSamples = (endIndex - index) * frame;
    const sent = timeScaled(banded, { start: first - displacementSamples, step: 1, lengthSamples });
    for (let at = 0; at < lengthSamples; at += frame) {
      if (first + at < 0 || first + at + frame > channel.samples.length) continue;
      let [sentEnergy, heardEnergy] = [0, 0];
      for (let k = at; k < at + frame; k++) {
        sentEnergy += (sent[k] ?? 0) ** 2;
        heardEnergy += (channel.banded[first + k] ?? 0) ** 2;
      }
      const expectedRms = gain * sqrt(sentEnergy / frame);
      const isFaint = sqrt(heardEnergy / frame) < FAINT * expectedRms && FAINT * expectedRms > noiseRms;
      if (isFaint) silent += 1;
      else end(index + at / frame);
    }
  }
  end(frames);
  return stretches.map(({ atProbeSample, frames: count }) => ({ atProbeSample, lengthMs: count * FRAME_MS }));
}
