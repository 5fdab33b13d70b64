import { bandLimitToSpeech } from './band-limit';
import { rmsDbFs } from './levels';

const rateHz = 24_000;
const gainDbAt = (hz: number): number => {
  const samples = Float32Array.from({ length: rateHz }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz));
  const middle = [rateHz / 4, (3 * rateHz) / 4] as const;
  const passed = bandLimitToSpeech({ samples, rateHz }).samples.subarray(...middle);
  return rmsDbFs(passed)! - rmsDbFs(samples.subarray(...middle))!;
};

describe('bandLimitToSpeech', () => {
  it.each([
    [400, -0.5, 0.1],
    [1000, -0.1, 0.1],
    [4000, -1, 0.1],
    [150, -6.5, -5.5],
    [7000, -6.5, -5.5],
    [50, -70, -36],
    [11_000, -70, -30],
  ])('changes %i Hz by %f to %f dB', (hz, lowestDb, highestDb) => {
    expect(gainDbAt(hz)).toBeGreaterThan(lowestDb);
    expect(gainDbAt(hz)).toBeLessThan(highestDb);
  });

  it('leaves a click at its sample and spreads it evenly', () => {
    const samples = new Float32Array(4801);
    samples[2400] = 1;
    const { samples: out } = bandLimitToSpeech({ samples, rateHz });
    expect(out.indexOf(Math.max(...out))).toBe(2400);
    for (const distance of [1, 10, 50]) expect(out[2400 - distance]).toBeCloseTo(out[2400 + distance]!, 6);
  });

  it('does not change the clip it was given', () => {
    const samples = Float32Array.from([0, 1, 0, -1]);
    bandLimitToSpeech({ samples, rateHz });
    expect([...samples]).toEqual([0, 1, 0, -1]);
  });
});
