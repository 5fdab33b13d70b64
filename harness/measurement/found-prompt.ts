import { locate, timeScaled, type PcmClip, type SearchableSound } from '../audio';
import type { SpeechClip } from '../ports';

/** The end of the prompt is what counts, and this much of it places it; longer prompts add cost and no precision. */
const LONGEST_REFERENCE_MS = 1250;

/** A prompt in a sound; positions are samples of that sound, fractional. */
export interface FoundPrompt {
  /** Where clip sample 0 stands. */
  readonly clipAtSample: number;
  readonly onsetAtSample: number;
  readonly offsetAtSample: number;
  readonly uncertaintySamples: number;
}

/**
 * Finds the prompt by the end of its speech.
 * @param within - Where clip sample 0 may stand; default: anywhere.
 */
export function findPrompt(
  sound: SearchableSound,
  prompt: PcmClip,
  { onsetSample, offsetSample, rateHz: annotatedHz }: SpeechClip,
  within?: { readonly fromSample: number; readonly toSample: number },
): FoundPrompt | undefined {
  const perClip = sound.rateHz / annotatedHz;
  const offset = offsetSample * perClip;
  const lengthSamples = Math.round(
    Math.min((LONGEST_REFERENCE_MS * sound.rateHz) / 1000, (offsetSample + 1 - onsetSample) * perClip),
  );
  const start = Math.round(offset) + 1 - lengthSamples;
  const step = prompt.rateHz / sound.rateHz;
  const reference = timeScaled(prompt.samples, { start: start * step, step, lengthSamples });
  const found = locate(
    sound,
    reference,
    within === undefined ? {} : { fromSample: within.fromSample + start, toSample: within.toSample + start },
  );
  if (found.state === 'not-found') return undefined;
  const clipAt = found.startSample - start;
  return {
    clipAtSample: clipAt,
    onsetAtSample: clipAt + onsetSample * perClip,
    offsetAtSample: clipAt + offset,
    uncertaintySamples: found.uncertaintySamples,
  };
}
