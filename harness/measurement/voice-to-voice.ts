import { type Measured } from './measured';

/** A place in the capture; fractional samples of the rig's clock. */
export interface CapturePoint {
  readonly atSample: number;
  readonly uncertaintySamples: number;
}

/**
 * Between two places of one capture: no clock is crossed. The uncertainty is that of both places; that the annotations
 * are whole samples is part of their definition and no error.
 */
export function voiceToVoice(promptOffset: CapturePoint, replyOnset: CapturePoint, rateHz: number): Measured {
  const uncertaintySamples = Math.hypot(promptOffset.uncertaintySamples, replyOnset.uncertaintySamples);
  return {
    state: 'measured',
    valueMs: ((replyOnset.atSample - promptOffset.atSample) * 1000) / rateHz,
    uncertaintyMs: (uncertaintySamples * 1000) / rateHz,
  };
}
