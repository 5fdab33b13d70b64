import { detectOnset, type PcmClip, type VoiceActivityDetector } from '../audio';
import type { FoundPrompt } from './found-prompt';
import { prevailingLevelDbFs } from './reply-check';
import type { GoodTake } from './take';
import type { ReplyCheck } from './turn-measurement';
import type { CapturePoint } from './voice-to-voice';
import { levelOf } from './witness';

/** The end of a reply: noise hides the last of its speech, and the room's reverberation seems to be part of it. */
const END_UNCERTAINTY_MS = 50;

/** A reply of unknown wording on the speaker channel. */
export interface UnknownReply {
  readonly check: Extract<ReplyCheck, { readonly state: 'heard' | 'not-heard' }>;
  /** Where it was heard, samples of the capture; undefined: it was not. */
  readonly heard: { readonly onset: CapturePoint; readonly end: CapturePoint } | undefined;
}

/** Looks for speech on the speaker channel after the prompt; the prompt's own bleed is none. */
export function hearUnknownReply(
  { speaker, saved }: GoodTake,
  prompt: FoundPrompt,
  promptSound: PcmClip,
  vad: VoiceActivityDetector,
): UnknownReply {
  const { samples, rateHz } = speaker;
  const { clipAtSample, onsetAtSample, offsetAtSample } = prompt;
  const found = detectOnset(
    { samples, rateHz },
    { vad, prompt: { clip: promptSound, clipAtSample, onsetAtSample, offsetAtSample } },
  );
  if (found.state === 'not-found') {
    const levelDbFs = prevailingLevelDbFs(samples.subarray(Math.round(offsetAtSample)), rateHz);
    return { check: { state: 'not-heard', reason: found.reason, levelDbFs }, heard: undefined };
  }
  const { uncertaintySamples, endAtSample } = found;
  const speech = samples.subarray(Math.max(0, Math.round(found.onsetAtSample)), Math.round(endAtSample));
  return {
    check: {
      state: 'heard',
      levelDbFs: levelOf(speech),
      overFloorDb: found.overFloorDb,
      onsetAtRigSample: found.onsetAtSample + saved.firstRigSample,
      onsetUncertaintyMs: (uncertaintySamples * 1000) / rateHz,
      endAtRigSample: endAtSample + saved.firstRigSample,
    },
    heard: {
      onset: { atSample: found.onsetAtSample, uncertaintySamples },
      end: { atSample: endAtSample, uncertaintySamples: (END_UNCERTAINTY_MS * rateHz) / 1000 },
    },
  };
}
