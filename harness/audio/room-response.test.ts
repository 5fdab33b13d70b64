import { convolved, roomResponse } from './room-response';
import { seededUniform } from '../units';

const rateHz = 48_000;
const energyOf = (samples: Float32Array): number => samples.reduce((sum, value) => sum + value ** 2, 0);

describe('roomResponse', () => {
  it.each([
    [200, 6],
    [300, 0],
    [600, -6],
  ])('reverberates for %i ms, %i dB below the direct sound', (rt60Ms, directToReverberantDb) => {
    const response = roomResponse({ rt60Ms, directToReverberantDb }, rateHz, seededUniform(3));
    const tail = response.subarray(1);
    expect(response[0]).toBe(1);
    expect(10 * Math.log10(1 / energyOf(tail))).toBeCloseTo(directToReverberantDb, 3);
    // Schroeder: what is left of the energy falls by 60 dB in one RT60, so by 30 dB in half of it.
    const half = Math.round((rt60Ms / 2000) * rateHz);
    const leftDb = 10 * Math.log10(energyOf(tail.subarray(half)) / energyOf(tail));
    expect(Math.abs(leftDb + 30)).toBeLessThan(1.5);
    expect(energyOf(tail.subarray(0, 70))).toBe(0);
  });
});

describe('convolved', () => {
  it('is the sum of delayed copies', () => {
    const result = convolved(Float32Array.of(1, 2, 3), Float32Array.of(1, 0, -0.5));
    expect([...result].map((value) => Number(value.toFixed(6)))).toEqual([1, 2, 2.5, -1, -1.5]);
  });
});
