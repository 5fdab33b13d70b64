import { activeSpeechLevel } from './active-speech-level';
import { bandLimitToSpeech } from './band-limit';
import { rmsDbFs } from './levels';
import type { PcmClip } from './pcm-clip';

/** Length of an annotation frame, in milliseconds: measurement.md section 5. */
const ANNOTATION_FRAME_MS = 10;
/** A frame is speech down to this far under the active speech level, in dB: measurement.md section 5. */
const SPEECH_RANGE_DB = 35;
/** Half a step of 16-bit PCM: less than that is digital silence, whatever the container. */
const SILENCE_BELOW = 0.5 / 32_768;

export interface SpeechAnnotation {
  /** Index of the first speech sample: the first sample of the first frame that is speech. */
  readonly onsetSample: number;
  /** Index of the last speech sample: the last sample of the last frame that is speech, so inclusive. */
  readonly offsetSample: number;
  /** ITU-T P.56 active speech level of the speech band, in dBFS. */
  readonly activeLevelDbFs: number;
  /** The longest stretch of frames between onset and offset that are no speech, in milliseconds. */
  readonly longestPauseMs: number;
}

/** Whether each frame from sample 0 on is speech; the last frame may be short. */
function speechFrames(band: PcmClip, frameSamples: number, thresholdDbFs: number): readonly boolean[] {
  const frames: boolean[] = [];
  for (let start = 0; start < band.samples.length; start += frameSamples) {
    const levelDbFs = rmsDbFs(band.samples.subarray(start, start + frameSamples));
    frames.push(levelDbFs !== undefined && levelDbFs >= thresholdDbFs);
  }
  return frames;
}

function longestGap(frames: readonly boolean[]): number {
  let longest = 0;
  let gap = 0;
  for (const isSpeech of frames) {
    gap = isSpeech ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return longest;
}

/**
 * Where the speech of a clean recording starts and ends (measurement.md section 5): the first and the last 10 ms frame
 * whose level in the speech band lies within 35 dB of the active speech level. Digital silence at either end never
 * counts, even inside such a frame. Meant for fixtures without background noise; for captures see `onset`.
 * @param clip - Mono, full scale ±1, 8 000 to 48 000 Hz.
 * @returns undefined when the clip holds no speech: silence, or too short and quiet for P.56.
 */
export function annotateSpeech(clip: PcmClip): SpeechAnnotation | undefined {
  const band = bandLimitToSpeech(clip);
  const active = activeSpeechLevel(band.samples, clip.rateHz);
  if (active === undefined) return undefined;

  const frameSamples = Math.round((clip.rateHz * ANNOTATION_FRAME_MS) / 1000);
  const frames = speechFrames(band, frameSamples, active.levelDbFs - SPEECH_RANGE_DB);
  const firstFrame = frames.indexOf(true);
  const lastFrame = frames.lastIndexOf(true);
  if (firstFrame < 0) return undefined;

  const isSound = (sample: number): boolean => sample >= SILENCE_BELOW || sample <= -SILENCE_BELOW;
  return {
    onsetSample: Math.max(firstFrame * frameSamples, clip.samples.findIndex(isSound)),
    offsetSample: Math.min((lastFrame + 1) * frameSamples - 1, clip.samples.findLastIndex(isSound)),
    activeLevelDbFs: active.levelDbFs,
    longestPauseMs: longestGap(frames.slice(firstFrame, lastFrame)) * ANNOTATION_FRAME_MS,
  };
}
