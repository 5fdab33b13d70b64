import { fitClockMap, lockStepClockMap, rigClockMap } from './clock-map';
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

  it('places nothing later than the block that a rig in lock-step exchanged when it came', () => {
    // 10 ms a block, and block 51 to 60 late by 200 ms and less: it stood still and hurried after.
    const points = Array.from({ length: 100 }, (_, n) => ({
      rigSample: (n + 1) * 480,
      hostAtMs: 1000 + (n + 1) * 10 + (n >= 50 && n < 60 ? 200 - 20 * (n - 50) : 0),
    }));
    const map = lockStepClockMap(points, 48_000)!;
    const steady = rigClockMap(points, 48_000)!;
    // In the middle of the stall block 50 was the last that was in hand, 24 000 samples; the line says 33 600.
    expect(steady.fromHost(1_700)).toBeCloseTo(33_600, 0);
    expect(map.fromHost(1_700)).toBe(24_000);
    // Elsewhere no block is off by more than its own length, and the way back is the same.
    for (const atMs of [1_105, 1_495, 1_905])
      expect(steady.fromHost(atMs) - map.fromHost(atMs)).toBeCloseTo(240, 0);
    expect(map.fromHost(990)).toBeCloseTo(steady.fromHost(990), 6);
    expect(map.toHost(24_000)).toEqual(steady.toHost(24_000));
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
