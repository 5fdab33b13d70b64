import type { Distribution } from '../../measurement';
import type { BudgetResult } from '../../verdict';
import { displayWidth } from '../display-width';
import { en, type Messages } from '../language';
import { inMs } from '../wording';
import { boxPlot } from './box-plot';
import { html, type Markup } from './markup';
import { linearScale, niceStep, ticks, type Scale } from './scale';

const WIDTH = 960;
const PLOT = { left: 48, right: 904, top: 84, bottom: 292 };
const ROW = 16;
/** Between the boxes below the plot. */
const BOX_ROW = 18;
/** Of the ticks of the axis and its title. */
const AXIS = 48;

interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

function binsOf(valuesMs: readonly number[]): Bin[] {
  const low = valuesMs[0] ?? 0;
  const high = valuesMs.at(-1) ?? low;
  const widthMs = Math.max(1, niceStep(Math.max(high - low, 10), 28));
  const first = Math.floor(low / widthMs);
  const last = Math.floor(high / widthMs);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const fromMs = (first + index) * widthMs;
    const toMs = fromMs + widthMs;
    return { fromMs, toMs, count: valuesMs.filter((value) => value >= fromMs && value < toMs).length };
  });
}

/** About as wide as a character of a label is, in the picture's units. */
const CHARACTER = 6.8;

/**
 * Vertical lines with their labels in rows above the plot, the rightmost on top and each label on the left of its line where it
 * has the room: so no line runs through the label of another, however close they stand.
 */
function lines(
  entries: readonly { readonly atMs: number; readonly label: string; readonly kind: string }[],
  x: Scale,
): Markup[] {
  const fromRight = [...entries].sort((one, other) => other.atMs - one.atMs);
  return fromRight.map(({ atMs, label, kind }, row) => {
    const at = x(atMs);
    const y = 14 + row * ROW;
    const leftwards = at - displayWidth(label) * CHARACTER > 5;
    return html`<g class="line ${kind}">
      <line x1="${at}" x2="${at}" y1="${y - 8}" y2="${PLOT.bottom}" />
      <text x="${at + (leftwards ? -5 : 5)}" y="${y + 4}" text-anchor="${leftwards ? 'end' : 'start'}"
        >${label}</text
      >
    </g>`;
  });
}

/** Share of turns at or below a value, as a stair from one edge to the other; censored turns keep it below 100 %. */
function ecdf({ valuesMs, n }: Distribution, x: Scale, y: Scale): string {
  const inside = (at: number): number => Math.min(PLOT.right, Math.max(PLOT.left, at));
  const steps = valuesMs.map((value, index) => `H${inside(x(value))}V${y((index + 1) / n)}`);
  return `M${PLOT.left} ${y(0)}${steps.join('')}H${PLOT.right}`;
}

/** What the axis shows: every turn of the run, the middle 98 % of the baseline, and the bounds that are not far off. */
function domainOf(
  bins: readonly Bin[],
  baseline: Distribution | undefined,
  bounds: readonly number[],
): { readonly domain: readonly [number, number]; readonly shownBounds: readonly number[] } {
  const edges = baseline?.valuesMs ?? [];
  const cut = Math.floor(edges.length / 100);
  const low = Math.min(bins[0]?.fromMs ?? 0, edges[cut] ?? Infinity);
  const high = Math.max(bins.at(-1)?.toMs ?? 1, edges[edges.length - 1 - cut] ?? -Infinity);
  const shownBounds = bounds.filter(
    (bound) => bound < high + 1.5 * (high - low) && bound > low - (high - low),
  );
  const from = Math.min(low, ...shownBounds);
  const to = Math.max(high, ...shownBounds);
  const margin = (to - from) * 0.03;
  return { domain: [from - margin, to + margin], shownBounds };
}

export interface LatencyChartInput {
  readonly distribution: Distribution;
  /** The same measure of what the run is held against; undefined: nothing. */
  readonly baseline?: Distribution | undefined;
  readonly budgets: readonly BudgetResult[];
  /** Name of the measure. */
  readonly title: string;
}

/**
 * Histogram and cumulative share of one measure with its quantiles and the budgets on it, below it a box, and of a baseline the same in
 * another colour. Turns that never came to a value stand in a hatched column at the right edge.
 */
export function latencyChart(
  { distribution, baseline, budgets, title }: LatencyChartInput,
  words: Messages = en,
): Markup {
  const own = words.latency;
  const { valuesMs, n, censored } = distribution;
  if (valuesMs.length === 0) return html`<p class="empty">${own.none}</p>`;
  const bins = binsOf(valuesMs);
  const compared = baseline !== undefined && baseline.valuesMs.length > 0 ? baseline : undefined;
  const { domain, shownBounds } = domainOf(
    bins,
    compared,
    budgets.map(({ bound }) => bound),
  );
  const right = censored > 0 ? PLOT.right - 44 : PLOT.right;
  const x = linearScale(domain, [PLOT.left, right]);
  const most = Math.max(censored, ...bins.map(({ count }) => count));
  const y = linearScale([0, most], [PLOT.bottom, PLOT.top]);
  const share = linearScale([0, 1], [PLOT.bottom, PLOT.top]);
  const countTicks = ticks([0, most], 5).filter(Number.isInteger);
  const boxes = compared === undefined ? 1 : 2;
  const axisTop = PLOT.bottom + 6 + boxes * BOX_ROW;
  const height = axisTop + AXIS;

  const quantiles = (['p50', 'p90', 'p95'] as const).flatMap((quantile) => {
    const estimate = distribution[quantile];
    if (estimate === undefined || !Number.isFinite(estimate.valueMs)) return [];
    const open = estimate.judged ? '' : ` · ${words.notJudgedAt(n)}`;
    return [
      { atMs: estimate.valueMs, label: `${quantile} ${inMs(estimate.valueMs)}${open}`, kind: 'quantile' },
    ];
  });
  const budgetLines = budgets
    .filter(({ bound }) => shownBounds.includes(bound))
    .map(({ bound, quantile }) => ({
      atMs: bound,
      label: own.budget(quantile === undefined ? '' : words.quantileNames[quantile], bound),
      kind: 'budget',
    }));

  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label="${own.alt(title, n)}"
  >
    <title>${own.alt(title, n)}</title>
    ${countTicks.map(
      (tick) =>
        html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}" />
          <text class="tick" x="${PLOT.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    ${[0, 0.5, 1].map(
      (tick) =>
        html`<text class="tick share" x="${PLOT.right + 8}" y="${share(tick) + 4}">${tick * 100} %</text>`,
    )}
    ${ticks(domain, 12).map(
      (tick) =>
        html`<text class="tick" x="${x(tick)}" y="${axisTop + 12}" text-anchor="middle">${tick}</text>`,
    )}
    <text class="axis" x="${(PLOT.left + right) / 2}" y="${height - 8}" text-anchor="middle">
      ${own.axis(title)}
    </text>
    ${bins.map(
      ({ fromMs, toMs, count }) =>
        count > 0 &&
        html`<rect
          class="bar"
          x="${x(fromMs) + 0.75}"
          width="${Math.max(1, x(toMs) - x(fromMs) - 1.5)}"
          y="${y(count)}"
          height="${PLOT.bottom - y(count)}"
          rx="2"
        >
          <title>${own.bin(fromMs, toMs, count, n)}</title>
        </rect>`,
    )}
    ${
      censored > 0 &&
      html`<rect
          class="bar censored"
          x="${right + 12}"
          width="26"
          y="${y(censored)}"
          height="${PLOT.bottom - y(censored)}"
          rx="2"
        >
          <title>${own.censored(censored, n)}</title>
        </rect>
        <text class="tick" x="${right + 25}" y="${PLOT.bottom + 18}" text-anchor="middle"
          >${own.noReply}</text
        >`
    }
    ${
      compared !== undefined &&
      html`<path class="ecdf baseline" d="${ecdf(compared, x, share)}"
        ><title>${own.ecdf(own.baseline, compared.n)}</title></path
      >`
    }
    <path class="ecdf" d="${ecdf(distribution, x, share)}"><title>${own.ecdf(own.candidate, n)}</title></path>
    <line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" />
    ${lines([...quantiles, ...budgetLines], x)}
    ${boxPlot(
      distribution,
      { x, right, y: PLOT.bottom + 6 + BOX_ROW / 2, kind: 'candidate', whose: own.candidate },
      words,
    )}
    ${
      compared !== undefined &&
      boxPlot(
        compared,
        { x, right, y: PLOT.bottom + 6 + BOX_ROW * 1.5, kind: 'baseline', whose: own.baseline },
        words,
      )
    }
  </svg>`;
}

/** What the colours of the chart are, where a baseline stands beside the run. */
export const latencyLegend = (against: string, { latency }: Messages): Markup =>
  html`<ul class="legend">
    <li><i class="swatch bar"></i>${latency.legend.bars}</li>
    <li><i class="swatch ecdf"></i>${latency.legend.ecdf}</li>
    <li><i class="swatch ecdf baseline"></i>${latency.legend.baseline(against)}</li>
  </ul>`;
