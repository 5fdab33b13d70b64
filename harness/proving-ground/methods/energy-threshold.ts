import { latencyMs, type Estimate, type Evidence } from './method';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { floor, max, sqrt } = Math;

const FRAME_MS = 10;
/** The floor is the median frame of the capture's first quarter second, before anybody speaks. */
const FLOOR_MS = 250;
/** Sound is what lies this far above the floor, and above a rig's own noise. */
const ABOVE_FLOOR = 10 ** (10 / 20);
const LEAST_RMS = 10 ** (-60 / 20);
/** So many loud frames in a row are an onset: one is a click. */
const LOUD_FRAMES = 3;

/** RMS of each whole frame of 10 ms. */
function frameLevels(samples: Float32Array, frameSamples: number): Float64Array {
  const levels = new Float64Array(floor(samples.length / frameSamples));
  for (let frame = 0; frame < levels.length; frame++) {
    let energy = 0;
    for (let n = frame * frameSamples; n < (frame + 1) * frameSamples; n++) energy += (samples[n] ?? 0) ** 2;
    levels[frame] = sqrt(energy / frameSamples);
  }
  return levels;
}

function loudFrames(samples: Float32Array, frameSamples: number): boolean[] {
  const levels = frameLevels(samples, frameSamples);
  const ahead = [...levels.subarray(0, FLOOR_MS / FRAME_MS)].sort((a, b) => a - b);
  const threshold = max(LEAST_RMS, ABOVE_FLOOR * (ahead[floor(ahead.length / 2)] ?? 0));
  return [...levels].map((level) => level > threshold);
}

/**
 * A plain threshold on energy, as it is written in an afternoon: the prompt ends with the last loud frame of the loopback
 * channel, the reply begins with the first three loud frames in a row of the speaker channel after that.
 */
export function energyThreshold({ sound, record }: Evidence): Estimate {
  const { capture } = sound;
  const channel = (role: 'speaker' | 'loopback'): Float32Array | undefined =>
    capture?.channels[record.capture?.roles.indexOf(role) ?? -1];
  const [speaker, loopback] = [channel('speaker'), channel('loopback')];
  if (capture === undefined || speaker === undefined || loopback === undefined)
    return { reason: 'no two channels' };
  const frameSamples = (capture.rateHz * FRAME_MS) / 1000;
  const promptEnd = loudFrames(loopback, frameSamples).lastIndexOf(true) + 1;
  if (promptEnd === 0) return { reason: 'no prompt' };
  const loud = loudFrames(speaker, frameSamples);
  const onset = loud.findIndex(
    (_, frame) =>
      frame >= promptEnd &&
      loud.slice(frame, frame + LOUD_FRAMES).every(Boolean) &&
      frame + LOUD_FRAMES <= loud.length,
  );
  if (onset < 0) return { reason: 'no reply' };
  return { valueMs: latencyMs(promptEnd * frameSamples, onset * frameSamples, capture.rateHz) };
}
