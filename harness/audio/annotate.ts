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

/** Level of the speech band over time, and the threshold that makes a frame speech. */
export interface SpeechLevels {
  readonly frameSamples: number;
  /** RMS of each frame from sample 0 on, in dBFS; undefined for digital silence. The last frame may be short. */
  readonly levelsDbFs: readonly (number | undefined)[];
  /** ITU-T P.56 active speech level of the speech band, in dBFS. */
  readonly activeLevelDbFs: number;
  /** 35 dB under the active level: at or over it, a frame is speech. */
  readonly thresholdDbFs: number;
}

/**
 * What `annotateSpeech` decides by, frame by frame, such as for a plot.
 * @param clip - Mono, full scale ±1, 8 000 to 48 000 Hz.
 * @returns undefined when the clip holds no speech: silence, or too short and quiet for P.56.
 */
export function speechLevels(clip: PcmClip): SpeechLevels | undefined {
  const band = bandLimitToSpeech(clip);
  const active = activeSpeechLevel(band.samples, clip.rateHz);
  if (active === undefined) return undefined;
  const frameSamples = Math.round((clip.rateHz * ANNOTATION_FRAME_MS) / 1000);
  const levelsDbFs: (number | undefined)[] = [];
  for (let start = 0; start < band.samples.length; start += frameSamples) {
    levelsDbFs.push(rmsDbFs(band.samples.subarray(start, start + frameSamples)));
  }
  const { levelDbFs: activeLevelDbFs } = active;
  return { frameSamples, levelsDbFs, activeLevelDbFs, thresholdDbFs: activeLevelDbFs - SPEECH_RANGE_DB };
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
  const levels = speechLevels(clip);
  if (levels === undefined) return undefined;
  const { frameSamples, levelsDbFs, activeLevelDbFs, thresholdDbFs } = levels;
  const frames = levelsDbFs.map((levelDbFs) => levelDbFs !== undefined && levelDbFs >= thresholdDbFs);
  const firstFrame = frames.indexOf(true);
  const lastFrame = frames.lastIndexOf(true);
  if (firstFrame < 0) return undefined;

  const isSound = (sample: number): boolean => sample >= SILENCE_BELOW || sample <= -SILENCE_BELOW;
  return {
    onsetSample: Math.max(firstFrame * frameSamples, clip.samples.findIndex(isSound)),
    offsetSample: Math.min((lastFrame + 1) * frameSamples - 1, clip.samples.findLastIndex(isSound)),
    activeLevelDbFs,
    longestPauseMs: longestGap(frames.slice(firstFrame, lastFrame)) * ANNOTATION_FRAME_MS,
  };
}
