import { measures } from '../../measurement';
import { html, type Markup } from '../html/markup';
import { linearScale, ticks } from '../html/scale';
import { inMs } from '../wording';
import type { Trend } from './releases';

const WIDTH = 960;
const HEIGHT = 300;
const PLOT = { left: 56, right: 940, top: 18, bottom: 236 } as const;
/** As many labels as stand beside each other. */
const LABELS = 16;
const LABEL_CHARACTERS = 14;

const short = (text: string): string =>
  text.length <= LABEL_CHARACTERS ? text : `${text.slice(0, LABEL_CHARACTERS - 1)}…`;

/** p50 of each release with its 95 % interval, and its p95 above; what too few turns say is hollow. */
export function trendChart({ releases, measure, board }: Trend): Markup {
  const finite = releases.flatMap(({ distribution: { p50, p95 } }) =>
    [p50?.valueMs, p50?.lowerMs, p50?.upperMs, p95?.valueMs].filter(
      (value): value is number => value !== undefined && Number.isFinite(value),
    ),
  );
  const most = Math.max(...finite, 1) * 1.08;
  const y = linearScale([0, most], [PLOT.bottom, PLOT.top]);
  const step = (PLOT.right - PLOT.left) / releases.length;
  const at = (index: number): number => Math.round(100 * (PLOT.left + (index + 0.5) * step)) / 100;
  const every = Math.ceil(releases.length / LABELS);
  const { title } = measures[measure];
  const points = releases.flatMap(({ distribution: { p50 } }, index) =>
    p50 !== undefined && Number.isFinite(p50.valueMs) ? [`${at(index)},${y(p50.valueMs)}`] : [],
  );
  return html`<svg
    class="chart trend"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${title} by release on ${board}"
  >
    <title>${title} by release on ${board}</title>
    ${ticks([0, most], 6).map(
      (tick) =>
        html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}" />
          <text class="tick" x="${PLOT.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    <text class="axis" x="${PLOT.left}" y="${PLOT.top - 6}">${title}, ms</text>
    <polyline class="path" points="${points.join(' ')}" />
    ${releases.map(({ firmware, distribution: { n, p50, p95, censored }, outcome }, index) => {
      const x = at(index);
      const { lowerMs, upperMs } = p50 ?? {};
      const interval =
        lowerMs !== undefined && upperMs !== undefined && Number.isFinite(upperMs)
          ? html`<path
              class="interval"
              d="M${x - 5} ${y(lowerMs)}h10M${x} ${y(lowerMs)}V${y(upperMs)}M${x - 5} ${y(upperMs)}h10"
            />`
          : undefined;
      const median =
        p50 !== undefined && Number.isFinite(p50.valueMs)
          ? html`<circle
              class="p50 ${outcome}${p50.judged ? '' : ' open'}"
              cx="${x}"
              cy="${y(p50.valueMs)}"
              r="5"
            />`
          : undefined;
      const late =
        p95 !== undefined && Number.isFinite(p95.valueMs)
          ? html`<line
              class="p95${p95.judged ? '' : ' open'}"
              x1="${x - 7}"
              x2="${x + 7}"
              y1="${y(p95.valueMs)}"
              y2="${y(p95.valueMs)}"
            />`
          : undefined;
      const missing = censored === 0 ? '' : `, ${censored} without an answer`;
      const said = `${firmware}: p50 ${p50 === undefined ? '–' : inMs(p50.valueMs)} ms, p95 ${p95 === undefined ? '–' : inMs(p95.valueMs)} ms, n = ${n}${missing}`;
      return html`<g class="release"
        ><title>${said}</title>
        <rect
          class="hit"
          x="${x - step / 2}"
          width="${step}"
          y="${PLOT.top}"
          height="${PLOT.bottom - PLOT.top}"
        />
        ${interval} ${late} ${median}
        ${
          index % every === 0 &&
          html`<text
            class="tick"
            x="${x}"
            y="${PLOT.bottom + 16}"
            text-anchor="end"
            transform="rotate(-32 ${x} ${PLOT.bottom + 16})"
            >${short(firmware)}</text
          >`
        }
      </g>`;
    })}
    <line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" />
  </svg>`;
}
