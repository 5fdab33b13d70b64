import { decimated } from './time-scale';

const RATE_HZ = 24_000;
const tone = (hz: number): Float32Array =>
  Float32Array.from({ length: 4800 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / RATE_HZ));
/** What is left of a tone well inside the signal, in dB. */
const leftDb = (hz: number, ...filter: [{ zeroCrossings: number; edge: number }] | []): number => {
  const inside = decimated(tone(hz), 3, ...filter).subarray(200, 1400);
  return 10 * Math.log10((2 * inside.reduce((sum, sample) => sum + sample * sample, 0)) / inside.length);
};

it('folds what lies just over the new band into it, unless its filter is steep', () => {
  const steep = { zeroCrossings: 24, edge: 0.93 };

  // 4.3 kHz would appear at 3.7.
  expect(leftDb(4300)).toBeGreaterThan(-20);
  expect(leftDb(4300, steep)).toBeLessThan(-40);
  expect(Math.abs(leftDb(3400, steep))).toBeLessThan(0.5);
  expect(Math.abs(leftDb(1000, steep))).toBeLessThan(0.01);
});
