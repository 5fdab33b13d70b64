import { isDeepStrictEqual } from 'node:util';
import { spectrumOf } from '../../audio';
import { seededUniform } from '../../units';
import { noiseOf, type NoiseKind } from './noise';

const rateHz = 48_000;
const lengthSamples = 65_536;
const tone = (hz: number) => ({
  samples: Float32Array.from({ length: 9_600 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / 24_000)),
  rateHz: 24_000,
});
const make = (kind: NoiseKind, seed = 1, voices = [tone(300), tone(700)]): Float32Array =>
  noiseOf(kind, { lengthSamples, rateHz, uniform: seededUniform(seed), voices });

const energyBetween = (samples: Float32Array, fromHz: number, toHz: number): number => {
  const spectrum = spectrumOf(samples, 0, lengthSamples);
  let energy = 0;
  for (let k = 0; k < lengthSamples / 2; k++) {
    const hz = (k * rateHz) / lengthSamples;
    if (hz >= fromHz && hz < toHz) energy += spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
  }
  return energy;
};

describe('noiseOf', () => {
  it.each(['white', 'babble', 'hum'] as const)('has an RMS of 1 and follows its seed: %s', (kind) => {
    const noise = make(kind);
    const rms = Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / lengthSamples);
    expect(rms).toBeCloseTo(1, 4);
    // Jest's own comparison takes seconds for so many samples.
    expect(isDeepStrictEqual(make(kind), noise)).toBe(true);
    expect(isDeepStrictEqual(make(kind, 2), noise)).toBe(false);
  });

  it('spreads white noise evenly', () => {
    const noise = make('white');
    const low = energyBetween(noise, 0, 12_000);
    expect(low / energyBetween(noise, 12_000, 24_000)).toBeCloseTo(1, 1);
  });

  it('puts a hum on the multiples of the mains and nowhere else', () => {
    const noise = make('hum');
    const all = energyBetween(noise, 0, 24_000);
    const near = (hz: number): number => energyBetween(noise, hz - 15, hz + 15);
    const harmonics = Array.from({ length: 40 }, (_, k) => near(50 * (k + 1))).reduce((a, b) => a + b);
    expect(harmonics / all).toBeGreaterThan(0.97);
    expect(near(50)).toBeGreaterThan(near(150));
    expect(near(150)).toBeGreaterThan(near(100));
    expect(energyBetween(noise, 2_100, 24_000) / all).toBeLessThan(0.001);
  });

  it('makes babble of the voices that it is given, and none without them', () => {
    const noise = make('babble');
    const voices = energyBetween(noise, 250, 350) + energyBetween(noise, 650, 750);
    expect(voices / energyBetween(noise, 0, 24_000)).toBeGreaterThan(0.95);
    expect(isDeepStrictEqual(make('babble', 1, []), new Float32Array(lengthSamples))).toBe(true);
  });
});
