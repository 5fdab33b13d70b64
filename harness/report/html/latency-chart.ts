import type { Distribution } from '../../measurement';
import type { BudgetResult } from '../../verdict';
import { inMs } from '../wording';
import { html, type Markup } from './markup';
import { linearScale, niceStep, ticks, type Scale } from './scale';

const WIDTH = 960;
const HEIGHT = 340;
const PLOT = { left: 48, right: 904, top: 84, bottom: 292 };
const ROW = 16;

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
    const leftwards = at - label.length * CHARACTER > 5;
    return html`<g class="line ${kind}">
      <line x1="${at}" x2="${at}" y1="${y - 8}" y2="${PLOT.bottom}" />
      <text x="${at + (leftwards ? -5 : 5)}" y="${y + 4}" text-anchor="${leftwards ? 'end' : 'start'}"
        >${label}</text
      >
    </g>`;
  });
}

/** Share of turns at or below a value, as a stair; censored turns keep it below 100 %. */
function ecdf({ valuesMs, n }: Distribution, x: Scale, y: Scale): string {
  const steps = valuesMs.map((value, index) => `H${x(value)}V${y((index + 1) / n)}`);
  return `M${PLOT.left} ${y(0)}${steps.join('')}H${PLOT.right}`;
}

/**
 * Histogram and cumulative share of one measure with its quantiles and the budgets on it. Turns that never came to a value stand
 * in a hatched column at the right edge.
 */
export function latencyChart(
  distribution: Distribution,
  budgets: readonly BudgetResult[],
  title: string,
): Markup {
  const { valuesMs, n, censored } = distribution;
  if (valuesMs.length === 0) return html`<p class="empty">No turn has a value.</p>`;
  const bins = binsOf(valuesMs);
  const bounds = budgets.map(({ bound }) => bound);
  const low = bins[0]?.fromMs ?? 0;
  const high = bins.at(-1)?.toMs ?? 1;
  const shownBounds = bounds.filter(
    (bound) => bound < high + 1.5 * (high - low) && bound > low - (high - low),
  );
  const from = Math.min(low, ...shownBounds);
  const to = Math.max(high, ...shownBounds);
  const margin = (to - from) * 0.03;
  const right = censored > 0 ? PLOT.right - 44 : PLOT.right;
  const domain = [from - margin, to + margin] as const;
  const x = linearScale(domain, [PLOT.left, right]);
  const most = Math.max(censored, ...bins.map(({ count }) => count));
  const y = linearScale([0, most], [PLOT.bottom, PLOT.top]);
  const share = linearScale([0, 1], [PLOT.bottom, PLOT.top]);
  const countTicks = ticks([0, most], 5).filter(Number.isInteger);

  const quantiles = (['p50', 'p90', 'p95'] as const).flatMap((quantile) => {
    const estimate = distribution[quantile];
    if (estimate === undefined || !Number.isFinite(estimate.valueMs)) return [];
    const open = estimate.judged ? '' : ` · not judged at n = ${n}`;
    return [
      { atMs: estimate.valueMs, label: `${quantile} ${inMs(estimate.valueMs)}${open}`, kind: 'quantile' },
    ];
  });
  const budgetLines = budgets
    .filter(({ bound }) => shownBounds.includes(bound))
    .map(({ bound, quantile }) => ({
      atMs: bound,
      label: `budget ${quantile ?? ''} ${bound}`,
      kind: 'budget',
    }));

  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${title}: distribution over ${n} turns"
  >
    <title>${title}: distribution over ${n} turns</title>
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
        html`<text class="tick" x="${x(tick)}" y="${PLOT.bottom + 18}" text-anchor="middle">${tick}</text>`,
    )}
    <text class="axis" x="${(PLOT.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">
      ${title}, ms
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
          <title>${fromMs} to ${toMs} ms: ${count} of ${n} turns</title>
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
          <title>${censored} of ${n} turns had no reply before the deadline</title>
        </rect>
        <text class="tick" x="${right + 25}" y="${PLOT.bottom + 18}" text-anchor="middle">none</text>`
    }
    <path class="ecdf" d="${ecdf(distribution, x, share)}" />
    <line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" />
    ${lines([...quantiles, ...budgetLines], x)}
  </svg>`;
}
