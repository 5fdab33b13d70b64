import { errorsOf, errorStatistics, type Trial } from './statistics';

const number = (truthMs: number, valueMs: number, uncertaintyMs?: number): Trial => ({
  truthMs,
  estimate: { valueMs, ...(uncertaintyMs === undefined ? {} : { uncertaintyMs }) },
});
const none: Trial = { truthMs: 500, estimate: { reason: 'no-onset' } };

describe('errorStatistics', () => {
  it('agrees with a calculation by hand', () => {
    // Errors -1, 2, 4, -7: sizes 1, 2, 4, 7; the median lies between 2 and 4, p95 at 4 + 0.85 x 3.
    const trials = [
      number(500, 499, 1),
      number(500, 502, 0.9),
      none,
      number(500, 504, 2),
      number(100, 93, 3),
    ];
    const statistics = errorStatistics(trials);
    expect(errorsOf(trials)).toEqual([-1, 2, 4, -7]);
    expect(statistics).toMatchObject({ turns: 5, numbers: 4, medianAbsErrorMs: 3, maxAbsErrorMs: 7 });
    expect(statistics.missRate).toBeCloseTo(0.2, 12);
    expect(statistics.p95AbsErrorMs).toBeCloseTo(6.55, 12);
    // Signed: -7, -1, 2, 4.
    expect(statistics.biasMs).toBeCloseTo(0.5, 12);
    // 1 <= 2, 2 > 1.8, 4 <= 4, 7 > 6.
    expect(statistics.coverage).toBe(0.5);
    expect(statistics.medianUncertaintyMs).toBeCloseTo(1.5, 12);
  });

  it('has counts alone when no turn has a number', () => {
    expect(errorStatistics([none, none])).toEqual({ turns: 2, numbers: 0, missRate: 1 });
    expect(errorStatistics([])).toEqual({ turns: 0, numbers: 0, missRate: 0 });
  });

  it('states no coverage for a method that states no uncertainty', () => {
    expect(errorStatistics([number(500, 503)])).toEqual({
      turns: 1,
      numbers: 1,
      missRate: 0,
      medianAbsErrorMs: 3,
      p95AbsErrorMs: 3,
      maxAbsErrorMs: 3,
      biasMs: 3,
    });
  });
});
