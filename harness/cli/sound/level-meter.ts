import { peakDbFs, rmsDbFs } from '../../audio';

/** The meter shows this range. */
const LOWEST_DBFS = -60;
const WIDTH = 40;
/** What is nearer to full scale than this is about to clip. */
const HOT_DBFS = -3;

/**
 * A bar of the RMS with the peak beside it, for one line of a terminal: `[#########|     ] -23 dBFS, peak -12`. The `|` stands at the
 * peak; `TOO LOUD` follows where it is within 3 dB of full scale.
 */
export function meterLine(samples: Float32Array): string {
  const rms = rmsDbFs(samples) ?? -Infinity;
  const peak = peakDbFs(samples) ?? -Infinity;
  const place = (levelDbFs: number): number =>
    Math.round(WIDTH * Math.min(1, Math.max(0, 1 - levelDbFs / LOWEST_DBFS)));
  const cells = Array.from({ length: WIDTH }, (_, n): string => (n < place(rms) ? '#' : ' '));
  if (place(peak) > 0) cells[place(peak) - 1] = '|';
  const number = (levelDbFs: number): string => (levelDbFs === -Infinity ? 'silent' : levelDbFs.toFixed(0));
  return `[${cells.join('')}] ${number(rms)} dBFS, peak ${number(peak)}${peak >= HOT_DBFS ? '  TOO LOUD' : ''}`;
}
