import { distributionOf } from './distribution';
import type { Measured } from './measured';
import { enclosingRanks } from './order-statistics';
import { quantile } from './quantile';

const measured = (valueMs: number): Measured => ({ state: 'measured', valueMs, uncertaintyMs: 0.01 });
const censored: Measured = { state: 'censored', aboveMs: 8000, reason: 'no-onset' };
const upTo = (n: number): Measured[] => Array.from({ length: n }, (_, i) => measured(i + 1));

describe('distributionOf', () => {
  it('takes quantiles as NumPy does by default', () => {
    // numpy.quantile(range(1, 11), [0.5, 0.9, 0.95]) of NumPy 2: 5.5, 9.1, 9.55.
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0.5, 0.9, 0.95].map((p) => +quantile(ten, p).toFixed(9))).toEqual([5.5, 9.1, 9.55]);
  });

  // scipy.stats.binom: ranks with P(X < r) <= 0.025 and P(X >= r) <= 0.025.
  it.each([
    [20, 0.5, 6, 15],
    [100, 0.5, 40, 61],
    [100, 0.95, 90, 100],
  ])('bounds a quantile of n = %d by order statistics (p = %d)', (n, p, lower, upper) => {
    expect(enclosingRanks(n, p)).toEqual({ lower, upper });
  });

  it.each([
    ['p50', 6],
    ['p90', 29],
    ['p95', 59],
  ] as const)('judges %s from n = %d on', (name, n) => {
    expect(distributionOf(upTo(n - 1))[name]).toMatchObject({ judged: false });
    expect(distributionOf(upTo(n - 1))[name]?.upperMs).toBeUndefined();
    expect(distributionOf(upTo(n))[name]).toMatchObject({ judged: true, upperMs: n });
  });

  it('counts censored turns as larger than every number, and others not at all', () => {
    const one = distributionOf([...upTo(9), censored, { state: 'not-measured', reason: 'bad-take' }]);
    expect(one).toMatchObject({ n: 10, censored: 1, notMeasured: 1, maxMs: Infinity });
    expect(one.p50?.valueMs).toBe(5.5);
    expect(one.p95?.valueMs).toBe(Infinity);
    expect(one.valuesMs).toHaveLength(9);
  });

  it('has no quantiles without turns', () => {
    expect(distributionOf([])).toEqual({ n: 0, censored: 0, notMeasured: 0, valuesMs: [] });
  });
});
