import { studentQuantile, studentTail } from './student-t';

/** SciPy 1.17.1, `scipy.stats.t.sf(t, degrees)`. */
const table = [
  [2.228, 10, 0.02500588590855566],
  [1, 1, 0.25],
  [0.5, 2, 1 / 3],
  [3.365, 5, 0.00999923625287086],
  [2, 7, 0.042809664281488025],
  [4, 30, 0.0001909228180418782],
  [-1.3, 9, 0.8870468136634754],
] as const;

describe('studentTail', () => {
  it.each(table)('of %d at %d degrees is %d', (t, degrees, tail) => {
    expect(studentTail(t, degrees)).toBeCloseTo(tail, 12);
  });

  it('ends at 0 and at 1', () => {
    expect([Infinity, -Infinity].map((t) => studentTail(t, 8))).toEqual([0, 1]);
  });
});

describe('studentQuantile', () => {
  // The columns 0.05, 0.025 and 0.005 of the printed tables.
  it.each([
    [0.05, 1, 6.314],
    [0.025, 8, 2.306],
    [0.005, 20, 2.845],
    [0.025, 1_000, 1.962],
  ])('that is exceeded by %d at %d degrees is %d', (tail, degrees, t) => {
    expect(studentQuantile(tail, degrees)).toBeCloseTo(t, 3);
  });

  it('is the inverse on both sides', () => {
    for (const tail of [0.001, 0.3, 0.5, 0.8, 0.999])
      expect(studentTail(studentQuantile(tail, 6), 6)).toBeCloseTo(tail, 12);
  });
});
