import { SearchableSound, locate } from './locate';
import { decimated } from './time-scale';

/** Long enough to be found in noise, short enough to tell what is missing (measurement.md section 3). */
const SEGMENT_MS = 200;
/** A segment this far below the loudest one is a pause: nothing in it can be found or missed. */
const PAUSE_DB = 30;
/** Where a segment is expected, it is at most this far off: less than half a pitch period, far more than any drift. */
const EXPECTED_WITHIN_MS = 1.5;
/** An underrun or a skip moves the rest by no more than this. */
const DISPLACED_WITHIN_MS = 1000;

/** Voices repeat themselves: far from where it is expected a segment has to stand out of all else by this factor. */
const DISPLACED_CONFIDENCE = 1.5;

/** A piece of a reference, looked for where it should be. */
export interface Segment {
  /** Half-open range in samples of the reference. */
  readonly fromSample: number;
  readonly toSample: number;
  /** How much later it stands in the sound than if the reference began at sample 0, in samples; undefined: missing. */
  readonly displacementSamples: number | undefined;
}

const energyOf = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0);

/**
 * Follows a reference through a sound in pieces of 200 ms, starting from where its beginning was found: each is expected
 * at the displacement of the one before and searched up to a second around it when it is not there. Pauses are left out.
 * Works at the coarse rate, to about 0.01 ms.
 * @param from - First sample of the reference to follow; `to`: last + 1.
 * @param displacementSamples - Where sample 0 of the reference stands in the sound, by its beginning.
 */
export function followSegments(
  sound: SearchableSound,
  reference: Float32Array,
  {
    from,
    to,
    displacementSamples,
  }: { readonly from: number; readonly to: number; readonly displacementSamples: number },
): Segment[] {
  const factor = sound.coarseFactor;
  const rateHz = sound.rateHz / factor;
  const coarse = new SearchableSound(sound.coarse, rateHz);
  const coarseReference = decimated(reference, factor);
  const lengthSamples = Math.round((SEGMENT_MS * rateHz) / 1000);
  const first = Math.ceil(from / factor);
  const last = Math.min(coarseReference.length, Math.floor(to / factor));
  const count = Math.max(1, Math.round((last - first) / lengthSamples));
  const pieces = Array.from({ length: count }, (_, i) => {
    const fromSample = first + i * lengthSamples;
    const toSample = i === count - 1 ? last : fromSample + lengthSamples;
    const samples = coarseReference.subarray(fromSample, toSample);
    return { fromSample, toSample, samples, power: energyOf(samples) / Math.max(1, samples.length) };
  });
  const pauseBelow = Math.max(...pieces.map(({ power }) => power)) * 10 ** (-PAUSE_DB / 10);

  let displacement = displacementSamples / factor;
  const place = (
    samples: Float32Array,
    fromSample: number,
    { withinMs, leastConfidence }: { readonly withinMs: number; readonly leastConfidence: number },
  ): number | undefined => {
    const within = (withinMs * rateHz) / 1000;
    const expected = fromSample + displacement;
    const found = locate(coarse, samples, { fromSample: expected - within, toSample: expected + within });
    return found.state === 'found' && found.confidence >= leastConfidence
      ? found.startSample - fromSample
      : undefined;
  };
  return pieces
    .filter(({ power }) => power > pauseBelow)
    .map(({ fromSample, toSample, samples }) => {
      const found =
        place(samples, fromSample, { withinMs: EXPECTED_WITHIN_MS, leastConfidence: 0 }) ??
        place(samples, fromSample, {
          withinMs: DISPLACED_WITHIN_MS,
          leastConfidence: DISPLACED_CONFIDENCE,
        });
      if (found !== undefined) displacement = found;
      return {
        fromSample: fromSample * factor,
        toSample: toSample * factor,
        displacementSamples: found === undefined ? undefined : found * factor,
      };
    });
}
