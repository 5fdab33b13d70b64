import { seededNormal, seededUniform } from '../../measurement/__fixtures__/seeded';
import { clipping } from './clipping';

const RATE_HZ = 48_000;

const sine = (frequencyHz: number, amplitude: number, samples = RATE_HZ / 2): Float32Array =>
  Float32Array.from(
    { length: samples },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / RATE_HZ),
  );
const in16Bits = (samples: Float32Array): Float32Array =>
  samples.map((value) => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))) / 32_768);
const cutAt = (samples: Float32Array, limit: number): Float32Array =>
  samples.map((value) => Math.max(-limit, Math.min(limit, value)));
const noise = (samples: number, amplitude: number): Float32Array => {
  const normal = seededNormal(seededUniform(3));
  return Float32Array.from({ length: samples }, () => amplitude * normal());
};

describe('clipping', () => {
  it.each([
    ['nothing', new Float32Array()],
    ['digital silence', new Float32Array(RATE_HZ)],
    ['a constant', new Float32Array(RATE_HZ).fill(0.25)],
    ['a sine just below full scale', sine(997, 0.999)],
    ['a quiet sine', sine(440, 0.001)],
    ['noise', noise(RATE_HZ, 0.1)],
    ['noise of a few steps in 16 bits', in16Bits(noise(RATE_HZ, 1 / 32_768))],
  ])('is 0 in %s', (_name, samples) => expect(clipping(samples)).toEqual({ clippedSamples: 0, runs: 0 }));

  it.each([20, 50, 100, 440, 1000])(
    'is 0 for sines of any level at %i Hz, whose tops rest on one step of 16 bits',
    (frequencyHz) => {
      for (const amplitude of [0.9, 0.1, 0.02, 0.003, 0.0005, 0.0001])
        expect(clipping(in16Bits(sine(frequencyHz, amplitude)))).toMatchObject({ clippedSamples: 0 });
    },
  );

  it.each([1, 0.6, 0.08])('counts every sample that was cut at %d', (limit) => {
    const source = sine(1000, 1.5 * limit, RATE_HZ / 10);
    const beyond = source.filter((value) => Math.abs(value) >= limit).length;
    // 100 ms of 1 kHz: a flat top above and one below each millisecond.
    expect(clipping(in16Bits(cutAt(source, limit)))).toEqual({ clippedSamples: beyond, runs: 200 });
    expect(clipping(cutAt(source, limit))).toEqual({ clippedSamples: beyond, runs: 200 });
  });

  it('counts a sine that is hardly cut', () => {
    const source = sine(100, 1, RATE_HZ / 10);
    const { clippedSamples, runs } = clipping(in16Bits(cutAt(source, 0.999)));
    expect(runs).toBe(20);
    expect(clippedSamples / runs).toBeGreaterThanOrEqual(6);
  });

  it('counts one polarity alone', () => {
    const source = sine(1000, 0.8, RATE_HZ / 10).map((value) => Math.min(value, 0.5));
    expect(clipping(source)).toMatchObject({ runs: 100 });
  });

  it('does not count a flat top of two samples', () =>
    expect(clipping(Float32Array.of(0, 0.5, 0.5, 0, -0.4, -0.5, 0))).toEqual({ clippedSamples: 0, runs: 0 }));
});
