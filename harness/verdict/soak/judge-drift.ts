import { theilSen, type DriftPoint, type TheilSenSlope } from './theil-sen';

/** A leak is there all the time: each of so many parts of a soak has to show it. Something that filled once is in one of them. */
const PARTS = 5;
/** A part of fewer has no slope to speak of. */
const FEWEST_IN_A_PART = 4;
/** Fewest samples that a loss is judged by. */
export const FEWEST_SAMPLES = PARTS * FEWEST_IN_A_PART;
/**
 * Neighbours among samples resemble each other, and an interval that takes them for independent is too narrow: a slope is of so many
 * medians of neighbours at most. 7140 pairs.
 */
const MOST_POINTS = 120;

export interface DriftJudgement {
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  /** Loss per unit of x; undefined with too few samples. */
  readonly loss: { readonly value: number; readonly lower: number; readonly upper: number } | undefined;
  /** What decided beside the interval, in words, or what is missing. */
  readonly because: 'interval' | 'once' | 'not-throughout' | 'too-few';
}

const middle = (values: readonly number[]): number => {
  const ascending = [...values].sort((a, b) => a - b);
  const half = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(half)] ?? NaN) + (ascending[Math.ceil(half)] ?? NaN)) / 2;
};

/** Medians of as many neighbours as make at most `most` points; neighbours of two groups stay apart. */
export function thinned(points: readonly DriftPoint[], most: number): readonly DriftPoint[] {
  if (points.length <= most) return points;
  const size = Math.ceil(points.length / most);
  const bins: DriftPoint[][] = [];
  for (const point of points) {
    const last = bins.at(-1);
    if (last === undefined || last.length === size || last[0]?.group !== point.group) bins.push([point]);
    else last.push(point);
  }
  return bins.map((bin) => ({
    x: middle(bin.map(({ x }) => x)),
    y: middle(bin.map(({ y }) => y)),
    ...(bin[0]?.group === undefined ? {} : { group: bin[0].group }),
  }));
}

/** So much less per unit of x, with the ends of its 95 % interval. */
const lossOf = ({ slope, lower, upper }: TheilSenSlope) => ({
  value: 0 - slope,
  lower: 0 - upper,
  upper: 0 - lower,
});

/** Parts of equal numbers of samples, in their order. */
const partsOf = (points: readonly DriftPoint[]): readonly (readonly DriftPoint[])[] =>
  Array.from({ length: PARTS }, (_, part) =>
    points.slice(
      Math.round((part * points.length) / PARTS),
      Math.round(((part + 1) * points.length) / PARTS),
    ),
  );

/**
 * Holds what a series loses per unit of x against the smallest loss that matters.
 *
 * `fail`: the whole interval of the slope lies beyond the bound, and in each fifth of the samples the slope by itself does too. A cache
 * that is filled once, however large, is in one fifth. `pass`: the whole interval lies within the bound; or, where something was
 * lost once, those of four fifths do. `inconclusive`: too few samples, or too much noise for either.
 * @param points - In the order in which they were taken, warm-up left out; pairs are made within a group only.
 * @param bound - Smallest loss per unit of x that matters, at least 0.
 */
export function judgeDrift(points: readonly DriftPoint[], bound: number): DriftJudgement {
  const whole = points.length < FEWEST_SAMPLES ? undefined : theilSen(thinned(points, MOST_POINTS));
  if (whole === undefined) return { outcome: 'inconclusive', loss: undefined, because: 'too-few' };
  const loss = lossOf(whole);
  if (loss.upper <= bound) return { outcome: 'pass', loss, because: 'interval' };
  const parts = partsOf(points).map((part) => theilSen(thinned(part, MOST_POINTS)));
  const losses = parts.flatMap((part) => (part === undefined ? [] : lossOf(part)));
  if (loss.lower > bound && losses.length === PARTS && losses.every(({ value }) => value > bound))
    return { outcome: 'fail', loss, because: 'interval' };
  if (losses.filter(({ upper }) => upper <= bound).length >= PARTS - 1)
    return { outcome: 'pass', loss, because: 'once' };
  return { outcome: 'inconclusive', loss, because: loss.lower > bound ? 'not-throughout' : 'interval' };
}
