import { meterLine } from './level-meter';

const constant = (value: number): Float32Array => new Float32Array(100).fill(value);

describe('meterLine', () => {
  it.each<[number, string]>([
    [0, `[${' '.repeat(40)}] silent dBFS, peak silent`],
    [1, `[${'#'.repeat(39)}|] 0 dBFS, peak 0  TOO LOUD`],
    [0.1, `[${'#'.repeat(26)}|${' '.repeat(13)}] -20 dBFS, peak -20`],
    [1e-4, `[${' '.repeat(40)}] -80 dBFS, peak -80`],
  ])('of %d', (value, line) => expect(meterLine(constant(value))).toBe(line));
});
