import { fewestTrialsFor, rateInterval } from './binomial-interval';

describe('rateInterval', () => {
  it('agrees with the closed forms where every trial or none succeeds', () => {
    expect(rateInterval(59, 59)).toEqual({ lower: expect.closeTo(0.05 ** (1 / 59), 10), upper: 1 });
    expect(rateInterval(0, 20)).toEqual({ lower: 0, upper: expect.closeTo(1 - 0.05 ** (1 / 20), 10) });
  });

  it('agrees with beta quantiles: 18 of 20 lies between 71.7 % and 98.2 %', () => {
    const { lower, upper } = rateInterval(18, 20);
    expect(lower).toBeCloseTo(0.7174, 4);
    expect(upper).toBeCloseTo(0.9819, 4);
  });

  it('covers the true rate from below in at least 95 % of all outcomes', () => {
    const n = 40;
    const rate = 0.9;
    let chance = rate ** n;
    let covered = 0;
    for (let successes = n; successes >= 0; successes -= 1) {
      if (rateInterval(successes, n).lower <= rate) covered += chance;
      chance *= (successes / (n - successes + 1)) * ((1 - rate) / rate);
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  });
});

it('asks for 59 turns to show 95 % and for 29 to show 90 %', () => {
  expect([fewestTrialsFor(0.95), fewestTrialsFor(0.9)]).toEqual([59, 29]);
});
