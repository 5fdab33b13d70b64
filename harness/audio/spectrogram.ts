import { spectrumOf, transformSize } from './spectrum';

/** Length of a window at least: about a period of a low voice, which shows its formants and when each sound begins. */
const WINDOW_MS = 10;
/** What is quieter than the loudest sample by more is left out: no picture shows it, and silence is half of a turn. */
const SILENT_BELOW = 10 ** (-70 / 20);

const { PI, abs, cos, floor, log10, max, round } = Math;

/** Levels over time and frequency. */
export interface Spectrogram {
  readonly columns: number;
  readonly rows: number;
  /**
   * Column by column, in each from low frequencies to high ones: the strongest bin of its band, in dB of arbitrary reference; -Infinity
   * for silence, of which all samples lie 70 dB under the loudest one.
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
  let loudest = 0;
  for (const sample of samples) loudest = max(loudest, abs(sample));
  const silent = loudest * SILENT_BELOW;
  for (let column = 0; column < columns; column += 1) {
    const start = round(((column + 0.5) * samples.length) / columns - size / 2);
    windowed.fill(0);
    windowed.set(samples.subarray(max(0, start), max(0, start + size)), max(0, -start));
    let peak = 0;
    for (let n = 0; n < size; n += 1) {
      const sample = windowed[n] ?? 0;
      if (sample > peak) peak = sample;
      else if (-sample > peak) peak = -sample;
      windowed[n] = sample * (window[n] ?? 0);
    }
    if (peak <= silent) continue;
    const spectrum = spectrumOf(windowed, 0, size);
    for (let row = 0; row < rows; row += 1) {
      const first = floor(row * binsOfRow);
      const last = max(floor((row + 1) * binsOfRow), first + 1);
      let strongest = 0;
      for (let bin = 2 * first; bin < 2 * last; bin += 2) {
        const re = spectrum[bin] ?? 0;
        const im = spectrum[bin + 1] ?? 0;
        strongest = max(strongest, re * re + im * im);
      }
      levelsDb[column * rows + row] = 10 * log10(strongest);
    }
  }
  return { columns, rows, levelsDb };
}
