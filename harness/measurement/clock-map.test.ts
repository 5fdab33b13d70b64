import { deviceClockMap, fitClockMap, rigClockMap } from './clock-map';
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
    expect(deviceClockMap([{ hostAtMs: 5 }])).toBeUndefined();
  });

  it('adds half a tick to floored device stamps', () => {
    const uniform = seededUniform(5);
    const lines = Array.from({ length: 300 }, (_, n) => {
      const deviceMs = 500 + 37.7 * n;
      return { deviceAtMs: Math.floor(deviceMs / 10) * 10, hostAtMs: 2000 + deviceMs + 0.2 * uniform() };
    });
    const mapped = deviceClockMap(lines)!.toHost(5000);
    expect(Math.abs(mapped.hostAtMs - 7005)).toBeLessThan(1);
    expect(mapped.uncertaintyMs).toBeGreaterThan(2.8);
  });
});
