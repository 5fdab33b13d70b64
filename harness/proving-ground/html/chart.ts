import { escaped } from './markup';

// Bound once, as everywhere here.
const { log10, max, min } = Math;

export interface Series {
  readonly title: string;
  /** Class of the line: decides colour and dashes. */
  readonly name: string;
  /** Ascending in x. `undefined` breaks the line: there is no number. */
  readonly points: readonly (readonly [number, number | undefined])[];
  readonly dots?: boolean;
}

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly log?: boolean;
  readonly ticks: readonly (readonly [number, string])[];
}

export interface ChartOptions {
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Vertical lines with a text: bounds. */
  readonly marks?: readonly (readonly [number, string])[];
  /** A band between two values of y. */
  readonly band?: readonly [number, number];
}

const WIDTH = 620;
const HEIGHT = 320;
const PAD = { left: 56, right: 24, top: 16, bottom: 46 } as const;

const scaleOf = ({ from, to, log }: Axis, start: number, end: number) => {
  const place = (value: number): number => (log === true ? log10(value) : value);
  const [low, high] = [place(from), place(to)];
  return (value: number): number => {
    const share = (place(min(to, max(from, value))) - low) / (high - low);
    return Number((start + share * (end - start)).toFixed(1));
  };
};

/** Line segments, broken where there is no number. */
function lineOf(
  points: Series['points'],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  let draws = false;
  return points
    .map(([at, value]) => {
      if (value === undefined) {
        draws = false;
        return '';
      }
      const step = `${draws ? 'L' : 'M'}${x(at)} ${y(value)}`;
      draws = true;
      return step;
    })
    .join('');
}

/** A line chart as SVG, coloured by the page's style sheet; what it shows is said in its label for those who hear it. */
export function lineChart({ label, x: xAxis, y: yAxis, series, marks = [], band }: ChartOptions): string {
  const x = scaleOf(xAxis, PAD.left, WIDTH - PAD.right);
  const y = scaleOf(yAxis, HEIGHT - PAD.bottom, PAD.top);
  const [left, right, top, bottom] = [PAD.left, WIDTH - PAD.right, PAD.top, HEIGHT - PAD.bottom];
  const middle = (left + right) / 2;
  const grid = [
    ...xAxis.ticks.map(
      ([value, text]) =>
        `<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x(value)}" y="${bottom + 17}" text-anchor="middle">${escaped(text)}</text>`,
    ),
    ...yAxis.ticks.map(
      ([value, text]) =>
        `<line class="grid" x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/><text class="tick" x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${escaped(text)}</text>`,
    ),
  ].join('');
  const bandBox =
    band === undefined
      ? ''
      : `<rect class="band" x="${left}" width="${right - left}" y="${y(band[1])}" height="${y(band[0]) - y(band[1])}"/>`;
  const bounds = marks
    .map(
      ([value, text]) =>
        `<line class="bound" x1="${x(value)}" x2="${x(value)}" y1="${top}" y2="${bottom}"/><text class="bound-text" x="${x(value) + 5}" y="${bottom - 7}">${escaped(text)}</text>`,
    )
    .join('');
  const lines = series
    .map(({ title, name, points, dots }) => {
      const marksOf = dots
        ? points
            .map(([at, value]) =>
              value === undefined ? '' : `<circle cx="${x(at)}" cy="${y(value)}" r="3.5"/>`,
            )
            .join('')
        : '';
      return `<g class="series ${escaped(name)}"><title>${escaped(title)}</title><path d="${lineOf(points, x, y)}"/>${marksOf}</g>`;
    })
    .join('');
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(label)}">${bandBox}${grid}${bounds}${lines}<text class="axis" x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(xAxis.title)}</text><text class="axis" transform="translate(13 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(yAxis.title)}</text></svg>`;
}
