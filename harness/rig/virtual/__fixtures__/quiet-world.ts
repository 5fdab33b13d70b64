import type { WorldOptions } from '../options';

/** A dry world of whole-sample delays with hardly any noise: 96, 240, 480 and 48 samples. */
export const quietWorld: WorldOptions = {
  snrDb: 80,
  room: { rt60Ms: 0, directToReverberantDb: 0 },
  paths: {
    playbackToMic: { gainDb: -6, delayMs: 2 },
    playbackToSpeakerChannel: { gainDb: -30, delayMs: 5 },
    boardToMic: { gainDb: -20, delayMs: 10 },
    boardToSpeakerChannel: { gainDb: 0, delayMs: 1 },
  },
  loopbackGainDb: -3,
  seed: 1,
};

export const rmsDbFs = (samples: Float32Array): number =>
  10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/** Index of the largest magnitude. */
export const peakAt = (samples: Float32Array): number =>
  samples.reduce((best, value, i) => (Math.abs(value) > Math.abs(samples[best] ?? 0) ? i : best), 0);
