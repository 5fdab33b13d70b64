import { isHilError } from '../errors';
import { rmsDbFs } from './levels';
import { resample } from './resample';

/** A chirp from 200 to 3 000 Hz under a Gaussian, centred 0.3 s into 0.6 s, as a function of time. */
const chirp = (atS: number): number => {
  const t = atS - 0.3;
  return 0.5 * Math.exp(-((t / 0.05) ** 2)) * Math.sin(2 * Math.PI * (1600 * t + 7000 * t * t));
};
/** A click 1 ms wide, far from both ends. */
const click = (atS: number): number => Math.exp(-(((atS - 0.2503) / 0.0003) ** 2));

const sampled = (signal: (atS: number) => number, rateHz: number, durationS: number): Float32Array =>
  Float32Array.from({ length: Math.round(durationS * rateHz) }, (_, i) => signal(i / rateHz));

/** Delay of `seen` against the signal itself, in samples: least squares along the signal's derivative. */
function delaySamples(seen: Float32Array, signal: (atS: number) => number, rateHz: number): number {
  let [product, energy] = [0, 0];
  seen.forEach((value, i) => {
    const slope = (signal((i + 0.01) / rateHz) - signal((i - 0.01) / rateHz)) / 0.02;
    product -= (value - signal(i / rateHz)) * slope;
    energy += slope * slope;
  });
  return product / energy;
}

const tone = (hz: number) => (atS: number) => 0.5 * Math.sin(2 * Math.PI * hz * atS);

describe('resample', () => {
  const ratePairs = [
    [22_050, 24_000],
    [24_000, 48_000],
    [48_000, 16_000],
    [16_000, 48_000],
    [44_100, 48_000],
    [48_000, 8000],
    [8000, 48_000],
    [24_000, 16_000],
    [96_000, 48_000],
  ] as const;

  it.each([
    ...ratePairs.map((pair) => [...pair, 'best'] as const),
    [24_000, 48_000, 'medium'] as const,
    [16_000, 44_100, 'medium'] as const,
  ])('keeps a chirp and a click where they are, %i to %i Hz in %s quality', async (fromHz, toHz, quality) => {
    for (const signal of [chirp, click]) {
      const { samples, rateHz } = await resample(
        { samples: sampled(signal, fromHz, 0.6), rateHz: fromHz },
        toHz,
        undefined,
        quality,
      );
      expect(rateHz).toBe(toHz);
      expect(samples).toHaveLength(0.6 * toHz);
      expect(Math.abs(delaySamples(samples, signal, toHz))).toBeLessThan(0.001);
      const error = samples.map((value, i) => value - signal(i / toHz));
      expect(rmsDbFs(error)! - rmsDbFs(samples)!).toBeLessThan(-80);
    }
  });

  it.each(ratePairs)('loses nothing at either end, %i to %i Hz', async (fromHz, toHz) => {
    const edges = (atS: number): number => tone(1000)(atS + 0.0001);
    const { samples } = await resample({ samples: sampled(edges, fromHz, 0.1003), rateHz: fromHz }, toHz);
    expect(samples).toHaveLength(Math.round((Math.round(0.1003 * fromHz) * toHz) / fromHz));
    const levels = [samples.subarray(0, toHz / 1000), samples.subarray(-toHz / 1000)].map(rmsDbFs);
    for (const level of levels) expect(Math.abs(level! - rmsDbFs(samples)!)).toBeLessThan(2);
  });

  it('keeps a clip of many blocks whole', async () => {
    const { samples } = await resample({ samples: sampled(tone(440), 8000, 20), rateHz: 8000 }, 48_000);
    let worst = 0;
    for (let i = 4800; i < samples.length - 4800; i += 1) {
      worst = Math.max(worst, Math.abs(samples[i]! - tone(440)(i / 48_000)));
    }
    expect(samples).toHaveLength(20 * 48_000);
    expect(worst).toBeLessThan(1e-6);
  });

  it('passes 7.5 kHz and leaves nothing of 8.5 and 10 kHz on the way to 16 kHz', async () => {
    const gainDb = async (hz: number): Promise<number> => {
      const before = sampled(tone(hz), 48_000, 0.5);
      const { samples } = await resample({ samples: before, rateHz: 48_000 }, 16_000);
      return rmsDbFs(samples.subarray(1600, 6400))! - rmsDbFs(before)!;
    };
    expect(Math.abs(await gainDb(1000))).toBeLessThan(0.01);
    expect(Math.abs(await gainDb(7500))).toBeLessThan(0.1);
    expect(await gainDb(8500)).toBeLessThan(-100);
    expect(await gainDb(10_000)).toBeLessThan(-100);
  });

  it('makes up less than 16 bit show in medium quality, and passes the speech of a clip at 16 kHz', async () => {
    const played = async (hz: number, fromHz: number): Promise<Float32Array> => {
      const clip = { samples: sampled(tone(hz), fromHz, 0.5), rateHz: fromHz };
      return (await resample(clip, 48_000, undefined, 'medium')).samples.subarray(4800, 19_200);
    };
    const error = (await played(7000, 24_000)).map((value, i) => value - tone(7000)((4800 + i) / 48_000));
    expect(rmsDbFs(error)!).toBeLessThan(-98);
    const [low, high] = [await played(1000, 16_000), await played(7000, 16_000)].map(rmsDbFs);
    expect(Math.abs(high! - low!)).toBeLessThan(0.5);
  });

  it('gives a copy at the same rate', async () => {
    const samples = Float32Array.from([0, 1, -1]);
    const same = await resample({ samples, rateHz: 24_000 }, 24_000);
    expect(same).toEqual({ samples, rateHz: 24_000 });
    expect(same.samples).not.toBe(samples);
  });

  it('gives nothing for nothing', async () => {
    const { samples } = await resample({ samples: new Float32Array(0), rateHz: 48_000 }, 16_000);
    expect(samples).toHaveLength(0);
  });

  it.each([7999, 96_001, NaN])('refuses %f Hz', async (toHz) => {
    const refused = resample({ samples: new Float32Array(10), rateHz: 48_000 }, toHz);
    await expect(refused).rejects.toThrow(/48000 Hz to .+ expected 8000 to 96000 Hz/);
    await refused.catch((error: unknown) => expect(isHilError(error) && error.code).toBe('HIL_AUDIO_RATE'));
  });

  it('gives the same sound when it pauses between pieces', async () => {
    const clip = { samples: sampled(tone(440), 16_000, 1), rateHz: 16_000 };
    let pauses = 0;
    const paused = await resample(clip, 48_000, () => Promise.resolve(pauses++));
    expect(pauses).toBe(4);
    expect(paused).toEqual(await resample(clip, 48_000));
  });
});
