import { theilslopes as reference } from './__fixtures__/theilslopes';
import { theilSen } from './theil-sen';

describe('theilSen', () => {
  it.each(reference.cases.map((one) => [one.name, one] as const))(
    `says of %s what SciPy says (${reference.source})`,
    (_name, { x, y, slope, lower, upper }) => {
      const values: readonly number[] = y;
      const found = theilSen(x.map((at: number, index: number) => ({ x: at, y: values[index] ?? NaN })))!;
      expect(found.slope).toBeCloseTo(slope, 9);
      expect(found.lower).toBeCloseTo(lower, 9);
      expect(found.upper).toBeCloseTo(upper, 9);
    },
  );

  it('makes no pair across groups: a fall between two boots is no drift', () => {
    const flat = (group: string, y: number) => [0, 1, 2, 3].map((x) => ({ x: x + y, y, group }));
    expect(theilSen([...flat('a', 100), ...flat('b', 10)])).toEqual({
      slope: 0,
      lower: 0,
      upper: 0,
      pairs: 12,
    });
  });

  it('says nothing of one point, of none, and of points at one x', () => {
    expect(theilSen([])).toBeUndefined();
    expect(theilSen([{ x: 1, y: 2 }])).toBeUndefined();
    expect(
      theilSen([
        { x: 1, y: 2 },
        { x: 1, y: 3 },
      ]),
    ).toBeUndefined();
  });
});
