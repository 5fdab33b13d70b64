import { spectrogramOf } from './spectrogram';

const RATE_HZ = 16_000;
const shape = { columns: 20, rows: 16, toHz: 8_000 };

/** One second: silence, then from its middle on a tone. */
const sound = Float32Array.from({ length: RATE_HZ }, (_, n) =>
  n < RATE_HZ / 2 ? 0 : 0.5 * Math.sin((2 * Math.PI * 2_750 * n) / RATE_HZ),
);
const { levelsDb } = spectrogramOf(sound, RATE_HZ, shape);
const level = (column: number, row: number): number => levelsDb[column * shape.rows + row]!;

describe('spectrogramOf', () => {
  it('has a tone in the band that it lies in, from the column on in which it begins', () => {
    // 500 Hz a row: 2 750 Hz is in the sixth.
    for (const column of [11, 15, 18]) {
      const rows = Array.from({ length: shape.rows }, (_, row) => level(column, row));
      expect(rows.indexOf(Math.max(...rows))).toBe(5);
      expect(level(column, 5) - level(column, 9)).toBeGreaterThan(50);
    }
    expect(level(8, 5)).toBe(-Infinity);
  });

  it('is silence over half the rate, and for no samples at all', () => {
    const high = spectrogramOf(sound, RATE_HZ, { columns: 4, rows: 4, toHz: 16_000 });
    expect(high.levelsDb[3 * 4 + 3]).toBe(-Infinity);
    expect([
      ...spectrogramOf(new Float32Array(0), RATE_HZ, { columns: 2, rows: 2, toHz: 8_000 }).levelsDb,
    ]).toEqual([-Infinity, -Infinity, -Infinity, -Infinity]);
  });
});
