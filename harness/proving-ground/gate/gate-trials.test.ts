import { seededNormal, seededUniform } from '../../units';
import { tryGate, tryInTurns } from './gate-trials';
import { playArm, type LatencyModel } from './latency-model';

const even: LatencyModel = {
  name: 'even',
  medianMs: 500,
  logDeviation: 0.15,
  sessionMs: 20,
  turnsPerSession: 20,
};

describe('playArm', () => {
  const play = (model: LatencyModel, shiftMs = 0) => {
    const uniform = seededUniform(5);
    return playArm(model, 2_000, shiftMs, uniform, seededNormal(uniform));
  };

  it('has the median, the sessions and the missing answers of its model', () => {
    const arm = play({ ...even, missingShare: 0.1 });
    expect(new Set(arm.map(({ session }) => session)).size).toBe(100);
    const missing = arm.filter(({ valueMs }) => valueMs === Infinity).length;
    expect(missing).toBeGreaterThan(150);
    expect(missing).toBeLessThan(250);
    const values = arm
      .map(({ valueMs }) => valueMs)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    expect(values[Math.floor(values.length / 2)]).toBeGreaterThan(485);
    expect(values[Math.floor(values.length / 2)]).toBeLessThan(515);
  });

  it('moves every turn by the shift, and is the same for the same seed', () => {
    const [still, slower] = [play(even), play(even, 40)];
    still.forEach(({ valueMs }, index) => expect((slower[index]?.valueMs ?? 0) - valueMs).toBeCloseTo(40, 9));
    expect(play(even)).toEqual(still);
  });
});

describe('tryGate', () => {
  it('neither fails unchanged firmware nor misses 100 ms, where ratio gates fail some of the unchanged', () => {
    const [unchanged, slower] = [tryGate(even, 0, 60), tryGate(even, 100, 60)];
    expect(unchanged).toMatchObject({ trials: 60, failed: 0 });
    expect(slower).toMatchObject({ failed: 60, passed: 0 });
    expect(slower.turnsP95).toBeLessThan(unchanged.turnsP95);
    expect(unchanged.naive['p50 ratio > 1.05']).toBeGreaterThan(2);
  });
});

describe('tryInTurns', () => {
  it('is not misled by a bench that slides, as a candidate is that comes after its reference', () => {
    const sliding = { ...even, driftMs: 5, slideMs: 2 };
    expect(tryInTurns(sliding, 0, 20)).toMatchObject({ failed: 0, failedAfter: 20 });
    expect(tryInTurns(sliding, 100, 20)).toMatchObject({ failed: 20, passed: 0 });
  });
});
