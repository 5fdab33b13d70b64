/** Which replies of the corpus a recording holds. */
import { readFileSync } from 'node:fs';
import { align, readWav, resample, SearchableSound } from '../../../../../audio';
import type { SpeechClip } from '../../../../../ports';

const RATE_HZ = 24_000;

export interface HeardReply {
  readonly id: string;
  /** Share of the reply's speech that is in the recording, piece by piece at the right places, 0 to 1. */
  readonly completeness: number;
}

/** @param pcm - 16-bit little-endian, mono. @returns Those that are there at all, the most complete first. */
export async function repliesHeard(
  pcm: Buffer,
  rateHz: number,
  replies: Iterable<SpeechClip>,
): Promise<readonly HeardReply[]> {
  const samples = Float32Array.from({ length: pcm.length / 2 }, (_, n) => pcm.readInt16LE(2 * n) / 32_768);
  const recording = await resample({ samples, rateHz }, RATE_HZ);
  const sound = new SearchableSound(recording.samples, RATE_HZ);
  const heard: HeardReply[] = [];
  for (const { id, path, onsetSample, offsetSample } of replies) {
    const [reference] = readWav(readFileSync(path)).channels;
    const found = align(sound, reference!, { onset: onsetSample, end: offsetSample + 1 });
    if (found.state === 'found') heard.push({ id, completeness: found.completeness });
  }
  return heard.sort((one, other) => other.completeness - one.completeness);
}
