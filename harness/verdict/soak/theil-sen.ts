import { quantile } from '../../measurement';

/** A sample of something that may drift. */
export interface DriftPoint {
  /** Hours, turns, or whatever the drift is to be told per. */
  readonly x: number;
  readonly y: number;
  /** Points of different groups make no pair: what lies between two boots is no drift. Default: all are of one. */
  readonly group?: string;
}

/** How y changes with x. */
export interface TheilSenSlope {
  /** The median of the slopes between all pairs, per unit of x. */
  readonly slope: number;
  /** The 95 % interval of Sen (1968). */
  readonly lower: number;
  readonly upper: number;
  /** How many pairs it is of. */
  readonly pairs: number;
}

/** Φ⁻¹(0.975). */
const Z_95 = 1.959963984540054;

/** To the nearest whole number, halves to the even one, as NumPy rounds. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Sum of k (k − 1) (2 k + 5) over the values that come k times: what ties take off the variance of Kendall's S. */
function tieTerm(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, k) => sum + k * (k - 1) * (2 * k + 5), 0);
}

function groupsOf(points: readonly DriftPoint[]): readonly (readonly DriftPoint[])[] {
  const groups = new Map<string, DriftPoint[]>();
  for (const point of points) {
    const group = groups.get(point.group ?? '');
    if (group === undefined) groups.set(point.group ?? '', [point]);
    else group.push(point);
  }
  return [...groups.values()];
}

/**
 * Slope of Theil and Sen with the interval of Sen (1968), ties in x and y taken off the variance (Kendall): the numbers of SciPy's
 * `theilslopes(y, x, alpha=0.95)`. With several groups their pairs are pooled and the variances of S added (Hirsch, Slack and Smith,
 * 1982). Up to 29 % of the points may be anything. Takes n²/2 pairs: thin what has more than a few hundred points.
 * @returns Undefined where no two points of a group differ in x.
 */
export function theilSen(points: readonly DriftPoint[]): TheilSenSlope | undefined {
  const groups = groupsOf(points);
  const slopes = new Float64Array(groups.reduce((sum, { length: n }) => sum + (n * (n - 1)) / 2, 0));
  let pairs = 0;
  let variance = 0;
  for (const group of groups) {
    const n = group.length;
    for (const [index, a] of group.entries()) {
      for (let other = index + 1; other < n; other += 1) {
        const b = group[other];
        if (b === undefined || b.x === a.x) continue;
        slopes[pairs] = (b.y - a.y) / (b.x - a.x);
        pairs += 1;
      }
    }
    const ties = tieTerm(group.map(({ x }) => x)) + tieTerm(group.map(({ y }) => y));
    variance += (n * (n - 1) * (2 * n + 5) - ties) / 18;
  }
  if (pairs === 0) return undefined;
  const ascending = slopes.subarray(0, pairs).sort();
  // Where all y are the same, the ties leave less than nothing.
  const spread = Z_95 * Math.sqrt(Math.max(0, variance));
  const lowerRank = Math.max(0, roundHalfEven((pairs - spread) / 2) - 1);
  const upperRank = Math.min(pairs - 1, roundHalfEven((pairs + spread) / 2));
  const at = (rank: number): number => ascending[rank] ?? NaN;
  return {
    slope: quantile([...middleOf(ascending)], 0.5),
    lower: at(lowerRank),
    upper: at(upperRank),
    pairs,
  };
}

/** The one or two values that the median lies between. */
function middleOf(ascending: Float64Array): Float64Array {
  const half = ascending.length / 2;
  return ascending.subarray(Math.ceil(half) - 1, Math.floor(half) + 1);
}
