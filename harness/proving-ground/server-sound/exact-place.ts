const BYTES = 2;

const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/**
 * Every place, up to `atMost`, at which the samples stand in others bit for bit, oldest first. Nothing is estimated: one bit that differs
 * is no place.
 * @param needle - At least one sample; digital silence is found wherever there is some.
 */
export function exactPlaces(
  needle: Int16Array,
  haystack: Int16Array,
  { from = 0, atMost = 2 }: { readonly from?: number; readonly atMost?: number } = {},
): readonly number[] {
  if (needle.length === 0) throw new RangeError('no samples to look for');
  const bytes = bytesOf(needle);
  const within = bytesOf(haystack);
  const places: number[] = [];
  let at = within.indexOf(bytes, from * BYTES);
  while (at >= 0 && places.length < atMost) {
    // Between two samples it is the bytes that agree, not the sound.
    if (at % BYTES === 0) places.push(at / BYTES);
    at = within.indexOf(bytes, at + 1);
  }
  return places;
}

/** How many samples from both places on are the same. */
export function sameFrom(one: Int16Array, oneAt: number, other: Int16Array, otherAt: number): number {
  const most = Math.min(one.length - oneAt, other.length - otherAt);
  let count = 0;
  while (count < most && one[oneAt + count] === other[otherAt + count]) count += 1;
  return count;
}

/** A clip without the digital silence at its ends, which stands wherever there is some; undefined for silence. */
export function withoutSilence(
  clip: Int16Array,
): { readonly from: number; readonly sound: Int16Array } | undefined {
  const from = clip.findIndex((value) => value !== 0);
  const last = clip.findLastIndex((value) => value !== 0);
  return from < 0 ? undefined : { from, sound: clip.subarray(from, last + 1) };
}
