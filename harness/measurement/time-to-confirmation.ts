import type { Measured } from './measured';
import { voiceToVoice, type CapturePoint } from './voice-to-voice';

/**
 * Prompt offset to the onset of the reply that confirms a call, in one capture as voice-to-voice is. It is the same number
 * unless the provider spoke before it called: then voice-to-voice ends at the first word, this at the confirmation.
 */
export const timeToConfirmation = (
  promptOffset: CapturePoint,
  confirmationOnset: CapturePoint,
  rateHz: number,
): Measured => voiceToVoice(promptOffset, confirmationOnset, rateHz);
