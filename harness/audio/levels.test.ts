import { noiseFloorDbFs, peakDbFs, rmsDbFs } from './levels';

const sine = (amplitude: number, lengthSamples: number): Float32Array =>
  Float32Array.from({ length: lengthSamples }, (_, i) => amplitude * Math.sin((2 * Math.PI * i) / 48));

/** White Gaussian noise from a linear congruential generator (Numerical Recipes), so that every run is the same. */
function noise(rms: number, lengthSamples: number, seed: number): Float32Array {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: lengthSamples },
    () => rms * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

describe('levels', () => {
  it('gives a full-scale sine an RMS of -3.01 and a peak of 0 dBFS', () => {
    expect(rmsDbFs(sine(1, 4800))).toBeCloseTo(-3.0103, 3);
    expect(peakDbFs(sine(1, 4800))).toBeCloseTo(0, 6);
  });

  it('gives a full-scale square wave 0 dBFS', () => {
    expect(rmsDbFs(Float32Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1)))).toBe(0);
  });

  it('falls by 20 dB for a tenth of the amplitude', () => {
    expect(rmsDbFs(sine(0.1, 4800))).toBeCloseTo(-23.0103, 3);
    expect(peakDbFs(sine(-0.1, 4800))).toBeCloseTo(-20, 3);
  });

  it.each([0, 480])('has no level for %i samples of digital silence', (lengthSamples) => {
    expect(rmsDbFs(new Float32Array(lengthSamples))).toBeUndefined();
    expect(peakDbFs(new Float32Array(lengthSamples))).toBeUndefined();
    expect(noiseFloorDbFs(new Float32Array(lengthSamples), 48_000)).toBeUndefined();
  });
});

describe('noiseFloorDbFs', () => {
  it.each([
    [16_000, 0.9],
    [48_000, 0.6],
  ])('reads steady noise at %i Hz at most %f dB low and never high', (rateHz, biasDb) => {
    const floor = noiseFloorDbFs(noise(0.001, 5 * rateHz, 7), rateHz)!;
    expect(floor).toBeLessThan(-60);
    expect(floor).toBeGreaterThan(-60 - biasDb);
  });

  it('does not move for loud speech in 80 % of the clip', () => {
    const quiet = noise(0.001, 5 * 16_000, 7);
    const withSpeech = quiet.map((sample, i) => (i > 16_000 ? sample + 0.3 * Math.sin(i / 5) : sample));
    expect(Math.abs(noiseFloorDbFs(withSpeech, 16_000)! - noiseFloorDbFs(quiet, 16_000)!)).toBeLessThan(1);
  });
});
