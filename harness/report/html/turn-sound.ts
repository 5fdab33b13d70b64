import { spectrogramOf, type MultiChannelClip, type Spectrogram } from '../../audio';
import type { ChannelRole } from '../../ports';
import type { ShownSoundTurn } from '../judged-turn';
import { indexedPng, type Palette } from './png';
import { shownStretch } from './turn-axis';

/**
 * The captures of a turn for the report, made by whoever may read files: of the stretch of the capture (`record.capture`) that the
 * time axis of the turn shows, in samples from its beginning. `peaks` are evenly spaced over it, each the largest magnitude of its
 * stretch, full scale 1.
 */
export interface TurnSoundSummary {
  readonly turnId: string;
  readonly firstSample: number;
  readonly lengthSamples: number;
  readonly channels: readonly {
    readonly role: ChannelRole;
    readonly peaks: readonly number[];
    /** PNG in base64, from 0 Hz at the bottom to `SPECTROGRAM_TO_HZ` at the top. Absent: the stretch is silent. */
    readonly spectrogram?: string;
  }[];
}

/** Speech has little over it, and providers' audio at 16 and 24 kHz nothing or not much. */
const SPECTROGRAM_TO_HZ = 8_000;
/** What is drawn under the strongest point; below lies the noise of most rooms. */
export const SPECTROGRAM_DB = 55;
/** Points of a picture: as many as its width and height on the page make out. */
const COLUMNS = 324;
const ROWS = 32;
const PEAKS = 400;

/** From the quiet to the loud; in the dark the page inverts it. The first is that of a lane. */
const palette: Palette = Array.from({ length: 16 }, (_, index) => {
  const at = index / 15;
  const between = (from: number, to: number): number => Math.round(from + (to - from) * at);
  return [between(0xf1, 0x12), between(0xf3, 0x1c), between(0xf6, 0x5e)];
});

/** Largest magnitude of each of `count` even stretches of a channel, to three digits; fewer when there are fewer samples. */
export function peaksOf(samples: Float32Array, count = PEAKS): number[] {
  const buckets = Math.min(count, samples.length);
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor((bucket * samples.length) / buckets);
    const to = Math.floor(((bucket + 1) * samples.length) / buckets);
    let peak = 0;
    for (let at = from; at < to; at += 1) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return Math.round(peak * 1000) / 1000;
  });
}

/** A spectrogram as a picture, its strongest point darkest; undefined where there is none. */
export function spectrogramPicture({ columns, rows, levelsDb }: Spectrogram): Buffer | undefined {
  const topDb = levelsDb.reduce((top, level) => Math.max(top, level), -Infinity);
  if (!Number.isFinite(topDb)) return undefined;
  return indexedPng({ width: columns, height: rows }, palette, (x, y) => {
    const level = levelsDb[x * rows + (rows - 1 - y)] ?? -Infinity;
    return Math.max(0, Math.round(15 * (1 + (level - topDb) / SPECTROGRAM_DB)));
  });
}

/**
 * What the picture of a turn shows of its capture; undefined where the turn has no marks to place it by.
 * @param clip - The whole capture.
 */
export function summariseSound(
  turn: Pick<ShownSoundTurn, 'record' | 'measurement'>,
  clip: MultiChannelClip,
): TurnSoundSummary | undefined {
  const { turnId, capture } = turn.record;
  const stretch = shownStretch(turn);
  if (capture === undefined || stretch === undefined) return undefined;
  const firstSample = Math.max(0, Math.floor(stretch.fromSample));
  const lengthSamples = Math.ceil(Math.min(stretch.toSample, capture.lengthSamples)) - firstSample;
  if (lengthSamples <= 0) return undefined;
  const channels = clip.channels.map((all, index) => {
    const samples = all.subarray(firstSample, firstSample + lengthSamples);
    const shape = { columns: COLUMNS, rows: ROWS, toHz: SPECTROGRAM_TO_HZ };
    const picture = spectrogramPicture(spectrogramOf(samples, clip.rateHz, shape));
    return {
      role: capture.roles[index] ?? 'speaker',
      peaks: peaksOf(samples),
      ...(picture === undefined ? {} : { spectrogram: picture.toString('base64') }),
    };
  });
  return { turnId, firstSample, lengthSamples, channels };
}
