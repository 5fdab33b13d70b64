/** Full scale of dBFS is an amplitude of 1: a full-scale sine has an RMS of -3.01 dBFS and a peak of 0 dBFS. */
const decibels = (ratio: number): number => 20 * Math.log10(ratio);

/** Frames of the noise floor: 10 ms, as in measurement.md section 5. */
const FLOOR_FRAMES_PER_SECOND = 100;

/**
 * Frames at or below the floor. Speech pauses fill 30 to 60 % of a conversation, so the tenth percentile lies inside the
 * noise. Frames scatter, so it reads low for steady white noise: about 0.6 dB at 16 kHz, 0.35 dB at 48 kHz.
 */
const FLOOR_PERCENTILE = 0.1;

/** Sum of squares. A loop: with a call and a boxed sum for each sample this and its like were a tenth of what measuring a turn takes. */
export function energyOf(samples: Float32Array): number {
  let energy = 0;
  for (let n = 0; n < samples.length; n++) {
    const sample = samples[n] as number;
    energy += sample * sample;
  }
  return energy;
}

/**
 * Root mean square in dBFS, at most 0 for samples within ±1. For a part of a clip pass `samples.subarray(start, end)`.
 * @returns undefined for no samples and for digital silence, whose level is no number.
 */
export function rmsDbFs(samples: Float32Array): number | undefined {
  const energy = energyOf(samples);
  return energy > 0 ? decibels(Math.sqrt(energy / samples.length)) : undefined;
}

/**
 * Largest absolute value in dBFS.
 * @returns undefined for no samples and for digital silence.
 */
export function peakDbFs(samples: Float32Array): number | undefined {
  const peak = samples.reduce(
    (largest, sample) => (sample > largest ? sample : -sample > largest ? -sample : largest),
    0,
  );
  return peak > 0 ? decibels(peak) : undefined;
}

/**
 * Level of the background in dBFS: the tenth percentile of the RMS of whole 10 ms frames, so that speech, clicks and
 * pops in up to nine tenths of the clip do not move it.
 * @returns undefined for a clip shorter than one frame, or when the frame at the percentile is digitally silent.
 */
export function noiseFloorDbFs(samples: Float32Array, rateHz: number): number | undefined {
  const frameSamples = Math.round(rateHz / FLOOR_FRAMES_PER_SECOND);
  const levels: number[] = [];
  for (let start = 0; start + frameSamples <= samples.length; start += frameSamples) {
    levels.push(rmsDbFs(samples.subarray(start, start + frameSamples)) ?? -Infinity);
  }
  levels.sort((a, b) => a - b);
  const floor = levels[Math.floor(FLOOR_PERCENTILE * levels.length)];
  return floor === undefined || floor === -Infinity ? undefined : floor;
}
