import { spectrumOf, transformSize } from './spectrum';

/** Length of a window: two periods of a low voice, so that its harmonics do not flicker from column to column. */
const WINDOW_MS = 20;

const { PI, cos, log10, max } = Math;

/** Levels over time and frequency. */
export interface Spectrogram {
  readonly columns: number;
  readonly rows: number;
  /**
   * Column by column, in each from low frequencies to high ones: the strongest bin of its band, in dB of arbitrary reference; -Infinity
   * for digital silence.
   */
  readonly levelsDb: Float32Array;
}

export interface SpectrogramShape {
  /** Evenly spaced over the samples. */
  readonly columns: number;
  /** Bands of equal width, the lowest from 0 Hz. */
  readonly rows: number;
  /** Upper edge of the highest band; what lies over half the rate is silence. */
  readonly toHz: number;
}

/** Spectrogram of a mono clip, each column a Hann window around its middle. */
export function spectrogramOf(
  samples: Float32Array,
  rateHz: number,
  { columns, rows, toHz }: SpectrogramShape,
): Spectrogram {
  const size = transformSize((rateHz * WINDOW_MS) / 1000);
  const window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * cos((2 * PI * (n + 0.5)) / size));
  const windowed = new Float32Array(size);
  const levelsDb = new Float32Array(columns * rows).fill(-Infinity);
  const binsOfRow = (toHz * size) / rateHz / rows;
  for (let column = 0; column < columns; column += 1) {
    const start = Math.round(((column + 0.5) * samples.length) / columns - size / 2);
    for (let n = 0; n < size; n += 1) windowed[n] = (samples[start + n] ?? 0) * (window[n] ?? 0);
    const spectrum = spectrumOf(windowed, 0, size);
    for (let row = 0; row < rows; row += 1) {
      const last = max(Math.floor((row + 1) * binsOfRow), Math.floor(row * binsOfRow) + 1);
      let strongest = 0;
      for (let bin = Math.floor(row * binsOfRow); bin < last; bin += 1) {
        const [re, im] = [spectrum[2 * bin] ?? 0, spectrum[2 * bin + 1] ?? 0];
        strongest = max(strongest, re * re + im * im);
      }
      levelsDb[column * rows + row] = 10 * log10(strongest);
    }
  }
  return { columns, rows, levelsDb };
}
