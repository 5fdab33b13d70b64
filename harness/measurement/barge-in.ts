import { coherentEnd, timeScaled, type Alignment, type PcmClip } from '../audio';
import type { SpeechClip } from '../ports';
import { notMeasured, type Measured } from './measured';
import type { GoodTake } from './take';
import { voiceToVoice, type CapturePoint } from './voice-to-voice';

/** A board is blamed for not stopping only when the reply had this much to go: it hears, decides and stops within it. */
const LEAST_REST_MS = 1000;

/** Of the place of a reply's last known sample: what is heard up to it is followed in steps of 1 ms. */
const CUT_UNCERTAINTY_MS = 1;

/** Where the reply fell silent, or why that is not known. */
export type ReplySilence =
  | ({ readonly state: 'found' } & CapturePoint)
  | { readonly state: 'not-found'; readonly reason: 'never-stopped' | 'reply-over' | 'no-onset' };

/**
 * Follows a known reply on the speaker channel past the interruption and finds where it falls silent. Works at the coarse
 * rate; places are samples of the capture.
 * @param interruptedAt - First speech sample of the interrupting prompt.
 * @param isCutOff - The provider stopped here and said no more: a reply that is heard to its last sample falls silent there.
 */
export function replySilence(
  { speaker }: Pick<GoodTake, 'speaker'>,
  { offsetSample, lengthSamples: clipSamples, rateHz }: SpeechClip,
  sound: PcmClip,
  alignment: Extract<Alignment, { readonly state: 'found' }>,
  interruptedAt: number,
  isCutOff = false,
): ReplySilence {
  const factor = speaker.coarseFactor;
  const coarseHz = speaker.rateHz / factor;
  const last = alignment.segments.findLast(({ displacementSamples }) => displacementSamples !== undefined);
  if (last?.displacementSamples === undefined) return { state: 'not-found', reason: 'no-onset' };
  // The place of the last segment that was found, and from there on the difference of the clocks.
  const stretch = 1 + alignment.stretchPpm * 1e-6;
  const anchorInReply = (last.fromSample + last.toSample) / 2;
  const anchorInCapture = anchorInReply + last.displacementSamples;
  const inCapture = (replySample: number): number =>
    anchorInCapture + (replySample - anchorInReply) * stretch;
  const replyEnd = Math.floor(inCapture(((offsetSample + 1) * speaker.rateHz) / rateHz) / factor);
  const lengthSamples = Math.min(speaker.coarse.length, replyEnd);
  const from = Math.round(interruptedAt / factor);
  if (from >= lengthSamples) return { state: 'not-found', reason: 'reply-over' };
  const step = ((factor / stretch) * sound.rateHz) / speaker.rateHz;
  const start = ((anchorInReply - anchorInCapture / stretch) * sound.rateHz) / speaker.rateHz;
  const source = timeScaled(sound.samples, { start, step, lengthSamples });
  const end = coherentEnd(source, speaker.coarse, { from, to: lengthSamples, rateHz: coarseHz });
  if (end.state === 'unknown') return { state: 'not-found', reason: 'no-onset' };
  if (end.state === 'went-on' && isCutOff)
    return {
      state: 'found',
      atSample: inCapture((clipSamples * speaker.rateHz) / rateHz),
      uncertaintySamples: (CUT_UNCERTAINTY_MS * speaker.rateHz) / 1000,
    };
  if (end.state === 'went-on') {
    const restMs = ((lengthSamples - from) * 1000) / coarseHz;
    return { state: 'not-found', reason: restMs < LEAST_REST_MS ? 'reply-over' : 'never-stopped' };
  }
  return {
    state: 'found',
    atSample: end.atSample * factor,
    uncertaintySamples: end.uncertaintySamples * factor,
  };
}

/** Barge-in stop time: between two places of one capture, so no clock is crossed. */
export const bargeInStop = (interruption: CapturePoint, silence: ReplySilence, rateHz: number): Measured =>
  silence.state === 'found' ? voiceToVoice(interruption, silence, rateHz) : notMeasured(silence.reason);
