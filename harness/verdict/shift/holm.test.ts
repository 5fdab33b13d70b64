import { holmAdjusted } from './holm';

describe('holmAdjusted', () => {
  // Values of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"), worked out by hand as well.
  it('adjusts in the order given', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, index) => expect(adjusted[index]).toBeCloseTo(p, 12));
  });

  it('leaves one alone as it is, and none above 1', () => {
    expect(holmAdjusted([0.02])).toEqual([0.02]);
    expect(holmAdjusted([0.7, 0.8])).toEqual([1, 1]);
    expect(holmAdjusted([])).toEqual([]);
  });
});
