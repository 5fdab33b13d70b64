import { convolved, roomResponse, timeScaled } from '../../audio';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, floor, max, min } = Math;

/** How a room answers: reverberation time, and direct sound over reverberation. */
export interface Room {
  readonly rt60Ms: number;
  readonly directToReverberantDb: number;
}

/** Sound with a fractional place: sample n of `samples` stands at floor(start) + n. */
export interface Placed {
  readonly samples: Float32Array;
  readonly atSample: number;
}

/**
 * A clip resampled so that its sample 0 stands at a fractional place.
 * @param step - Clip samples for each sample of the result.
 */
export function placed(samples: Float32Array, start: number, step: number): Placed {
  const atSample = floor(start);
  return {
    atSample,
    samples: timeScaled(samples, {
      start: (atSample - start) * step,
      step,
      lengthSamples: ceil(samples.length / step) + 2,
    }),
  };
}

/** Adds sound to `target`, as far as it reaches. */
export function addAt(target: Float32Array, source: Float32Array, at: number, gain: number): void {
  const to = min(source.length, target.length - at);
  for (let n = max(0, -at); n < to; n++) target[at + n] = (target[at + n] ?? 0) + gain * (source[n] ?? 0);
}

/**
 * Sound as it is heard in a room, at the level it had without one: a rig's gain is set by what it hears. The direct sound
 * stays in its place.
 */
export function inRoom(
  samples: Float32Array,
  room: Room | undefined,
  rateHz: number,
  uniform: () => number,
): Float32Array {
  if (room === undefined || room.rt60Ms === 0) return samples;
  const gain = 1 / Math.sqrt(1 + 10 ** (-room.directToReverberantDb / 10));
  const heard = convolved(samples, roomResponse(room, rateHz, uniform));
  for (let n = 0; n < heard.length; n++) heard[n] = (heard[n] ?? 0) * gain;
  return heard;
}
