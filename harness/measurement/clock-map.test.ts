import { fitClockMap, rigClockMap } from './clock-map';
import { seededUniform } from './__fixtures__/seeded';

describe('clock maps', () => {
  it('finds the line under readings that come late, in bursts too', () => {
    const uniform = seededUniform(3);
    const points = Array.from({ length: 600 }, (_, n) => ({
      rigSample: (n + 1) * 480,
      hostAtMs: 1000 + (n + 1) * 10 * (1 + 40e-6) - Math.log(1 - uniform()) * 0.5 + (n % 50 > 40 ? 16 : 0),
    }));
    const map = rigClockMap(points, 48_000)!;
    const mapped = map.toHost(150_000);
    const error = mapped.hostAtMs - (1000 + (150_000 / 48) * (1 + 40e-6));
    expect(Math.abs(error)).toBeLessThan(0.1);
    expect(mapped.uncertaintyMs).toBeLessThan(0.5);
    expect(map.fromHost(mapped.hostAtMs)).toBeCloseTo(150_000, 3);
    expect(map.toHost(900_000).uncertaintyMs).toBeGreaterThan(mapped.uncertaintyMs);
  });

  it('keeps the slope within what crystals do', () => {
    const map = fitClockMap(
      [
        { at: 0, hostAtMs: 0 },
        { at: 10, hostAtMs: 30 },
      ],
      1,
    );
    expect(map?.slope).toBeCloseTo(1.0003, 6);
  });

  it('needs two points', () => {
    expect(rigClockMap([{ rigSample: 480, hostAtMs: 5 }], 48_000)).toBeUndefined();
  });
});
