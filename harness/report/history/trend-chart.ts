import { measures, type QuantileEstimate } from '../../measurement';
import { html, type Markup } from '../html/markup';
import { linearScale, ticks, type Scale } from '../html/scale';
import { inMs } from '../wording';
import type { Release, Trend } from './releases';

const WIDTH = 960;
const HEIGHT = 320;
const PLOT = { left: 56, right: 940, top: 22, bottom: 248 } as const;
/** As many labels as stand beside each other. */
const LABELS = 16;
const LABEL_CHARACTERS = 18;
/** The axis shows no less than this part of its largest value: noise of a few milliseconds shall not look like a cliff. */
const LEAST_SPAN = 0.2;
/** How far the marks of the median and of the p95 of a release stand apart, from the middle between them. */
const APART = 7;

const short = (text: string): string =>
  text.length <= LABEL_CHARACTERS ? text : `${text.slice(0, LABEL_CHARACTERS - 1)}…`;

const isFinite = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);

/** From a little below the lowest interval to a little above the highest; not from zero, where differences between releases vanish. */
function domainOf(releases: readonly Release[]): readonly [number, number] {
  const values = releases
    .flatMap(({ distribution: { p50, p95 } }) =>
      [p50, p95].flatMap((of) => [of?.valueMs, of?.lowerMs, of?.upperMs]),
    )
    .filter(isFinite);
  const highest = Math.max(...values, 1);
  const lowest = Math.min(...values, highest);
  const span = Math.max(highest - lowest, LEAST_SPAN * highest) * 1.16;
  const middle = (highest + lowest) / 2;
  const from = Math.max(0, middle - span / 2);
  return [from, from + span];
}

/** A quantile as a mark with its 95 % interval; hollow where too few turns say it, nothing where none does. */
function quantileMark(
  quantile: QuantileEstimate | undefined,
  kind: string,
  x: number,
  y: Scale,
): Markup | undefined {
  if (quantile === undefined || !isFinite(quantile.valueMs)) return undefined;
  const { valueMs, lowerMs, upperMs, judged } = quantile;
  const top = isFinite(upperMs) ? y(upperMs) : PLOT.top;
  const interval =
    lowerMs !== undefined &&
    upperMs !== undefined &&
    html`<path
      class="interval"
      d="M${x - 5} ${y(lowerMs)}h10M${x} ${y(lowerMs)}V${top}${isFinite(upperMs) ? `M${x - 5} ${top}h10` : ''}"
    />`;
  const at = y(valueMs);
  const mark = kind.startsWith('p95')
    ? html`<path class="mark" d="M${x} ${at - 5}l5 5l-5 5l-5 -5z" />`
    : html`<circle class="mark" cx="${x}" cy="${at}" r="4.5" />`;
  return html`<g class="${kind}${judged ? '' : ' open'}">${interval}${mark}</g>`;
}

const said = (quantile: QuantileEstimate | undefined): string =>
  quantile === undefined ? '–' : inMs(quantile.valueMs);

/** The line through the finite values of a quantile. */
const pathOf = (
  releases: readonly Release[],
  quantile: 'p50' | 'p95',
  at: (index: number) => number,
  y: Scale,
): string =>
  releases
    .flatMap(({ distribution }, index) => {
      const value = distribution[quantile]?.valueMs;
      return isFinite(value) ? [`${at(index)},${y(value)}`] : [];
    })
    .join(' ');

/** p50 and p95 of each release, each with its 95 % interval; what too few turns say is hollow. */
export function trendChart({ releases, measure, board, provider }: Trend): Markup {
  const domain = domainOf(releases);
  const y = linearScale(domain, [PLOT.bottom, PLOT.top]);
  const step = (PLOT.right - PLOT.left) / releases.length;
  const at = (index: number): number => Math.round(100 * (PLOT.left + (index + 0.5) * step)) / 100;
  // The newest release has its name, whichever others have theirs.
  const every = Math.ceil(releases.length / LABELS);
  const isNamed = (index: number): boolean => (releases.length - 1 - index) % every === 0;
  const { title } = measures[measure];
  const name = `${title} by release on ${board}, provider ${provider}`;
  return html`<svg class="chart trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">
    <title>${name}</title>
    ${ticks(domain, 6).map(
      (tick) =>
        html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}" />
          <text class="tick" x="${PLOT.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    <text class="axis" x="${PLOT.left}" y="${PLOT.top - 8}">${title}, ms</text>
    <polyline class="path" points="${pathOf(releases, 'p50', (index) => at(index) - APART, y)}" />
    <polyline class="path p95" points="${pathOf(releases, 'p95', (index) => at(index) + APART, y)}" />
    ${releases.map(({ firmware, distribution: { n, p50, p95, censored }, outcome }, index) => {
      const x = at(index);
      const missing = censored === 0 ? '' : `, ${censored} without an answer`;
      return html`<g class="release"
        ><title>${firmware}: p50 ${said(p50)} ms, p95 ${said(p95)} ms, n = ${n}${missing}</title>
        <rect
          class="hit"
          x="${x - step / 2}"
          width="${step}"
          y="${PLOT.top}"
          height="${PLOT.bottom - PLOT.top}"
        />
        ${quantileMark(p50, `p50 ${outcome}`, x - APART, y)} ${quantileMark(p95, 'p95', x + APART, y)}
        ${
          isNamed(index) &&
          html`<text
            class="tick"
            x="${x}"
            y="${PLOT.bottom + 16}"
            text-anchor="end"
            transform="rotate(-28 ${x} ${PLOT.bottom + 16})"
            >${short(firmware)}</text
          >`
        }
      </g>`;
    })}
    <line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" />
  </svg>`;
}
