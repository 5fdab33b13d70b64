import { coherentEnd } from './coherent-end';
import { fitLinearPath, throughPath } from './linear-path';

const RATE_HZ = 16_000;

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return seed / 0x8000_0000;
};

/** Noise in syllables: 150 ms of sound, 50 ms of pause. */
function syllables(seconds: number, seed: number): Float32Array {
  const next = random(seed);
  let low = 0;
  return Float32Array.from({ length: seconds * RATE_HZ }, (_, n) => {
    low = 0.8 * low + 0.2 * next();
    return n % 3_200 < 2_400 ? low : 0;
  });
}

/** The source through a small enclosure until `cutAt`, with noise. */
function heardOf(source: Float32Array, cutAt: number, noise: number): Float32Array {
  const next = random(99);
  const cut = source.slice();
  cut.fill(0, cutAt);
  const taps = Float64Array.from({ length: 24 }, (_, n) => [0, 0, 0, 0.5, 0.1, -0.2, 0.05][n] ?? 0);
  return throughPath(cut, { taps, leadSamples: 0 }).map((sample) => sample + noise * next());
}

describe('fitLinearPath', () => {
  it('finds the filter between a source and what was heard of it', () => {
    const source = syllables(1, 1);
    const taps = Float64Array.from([0, 0.25, -0.1, 0, 0, 0.05, 0, 0]);
    const heard = throughPath(source, { taps, leadSamples: 2 });
    const path = fitLinearPath(source, heard, { taps: 8, leadSamples: 2 })!;
    for (const [n, tap] of taps.entries()) expect(Math.abs(path.taps[n]! - tap)).toBeLessThan(0.01);
    const again = throughPath(source, path);
    const rest = again.reduce((sum, value, n) => sum + (value - heard[n]!) ** 2, 0);
    expect(rest / heard.reduce((sum, value) => sum + value * value, 0)).toBeLessThan(1e-3);
  });

  it('finds nothing in silence', () => {
    expect(
      fitLinearPath(new Float32Array(100), new Float32Array(100), { taps: 8, leadSamples: 0 }),
    ).toBeUndefined();
  });
});

describe('coherentEnd', () => {
  const source = syllables(3, 5);
  const range = { from: 24_000, to: source.length - 1_600, rateHz: RATE_HZ };

  it.each([0.0003, 0.003, 0.03])('finds a cut in sound within its uncertainty, noise %d', (noise) => {
    for (const cutAt of [25_000, 26_100, 28_900, 33_333, 40_123]) {
      const end = coherentEnd(source, heardOf(source, cutAt, noise), range);
      expect(end.state).toBe('ended');
      if (end.state !== 'ended') continue;
      // The enclosure holds the sound for three samples.
      expect(Math.abs(end.atSample - (cutAt + 3))).toBeLessThanOrEqual(2 * end.uncertaintySamples + 2);
      expect(end.uncertaintySamples).toBeLessThan(RATE_HZ * 0.02);
    }
  });

  it('states the whole pause as its uncertainty when the cut lies in one', () => {
    const pauseFrom = 9 * 3_200 + 2_400;
    const end = coherentEnd(source, heardOf(source, pauseFrom + 400, 0.0003), range);
    expect(end).toMatchObject({ state: 'ended' });
    if (end.state !== 'ended') return;
    expect(Math.abs(end.atSample - (pauseFrom + 400))).toBeLessThan(80);
    expect(end.uncertaintySamples).toBeGreaterThan(200);
  });

  it('says so when the sound goes on to its end', () => {
    expect(coherentEnd(source, heardOf(source, source.length, 0.001), range)).toEqual({ state: 'went-on' });
  });

  it('knows nothing of a sound that was not there, or that it has heard too little of', () => {
    const other = heardOf(syllables(3, 77), source.length, 0.001);
    expect(coherentEnd(source, other, range)).toEqual({ state: 'unknown' });
    expect(coherentEnd(source, new Float32Array(source.length), range)).toEqual({ state: 'unknown' });
    expect(coherentEnd(source, heardOf(source, 9_000, 0.001), { ...range, from: 2_000 })).toEqual({
      state: 'unknown',
    });
  });
});
