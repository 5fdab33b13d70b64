import type { SurveyCurve, SurveyPoint } from '../survey-curves';
import type { Messages } from '../language';
import { inMs } from '../wording';
import { html, type Markup } from './markup';
import { linearScale, niceStep, ticks, type Scale } from './scale';

const WIDTH = 960;
const HEIGHT = 300;
const TOP = 40;
const BOTTOM = 240;
/** What is heard, and how soon it is answered, beside each other. */
const PANELS = { share: { left: 60, right: 450 }, latency: { left: 540, right: 930 } } as const;

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');

function frame(
  title: string,
  { left, right }: { readonly left: number; readonly right: number },
  y: Scale,
  yTicks: readonly (readonly [number, string])[],
): Markup {
  return html`<text class="axis" x="${left}" y="${TOP - 18}">${title}</text>
    ${yTicks.map(
      ([value, label]) =>
        html`<line class="grid" x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}" />
          <text class="tick" x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${label}</text>`,
    )}
    <line class="base" x1="${left}" x2="${right}" y1="${BOTTOM}" y2="${BOTTOM}" />`;
}

const valueLabels = (points: readonly SurveyPoint[], x: Scale, axis: string, middle: number): Markup =>
  html`${points.map(
      ({ value }) =>
        html`<text class="tick" x="${x(value)}" y="${BOTTOM + 18}" text-anchor="middle">${value}</text>`,
    )} <text class="axis" x="${middle}" y="${BOTTOM + 42}" text-anchor="middle">${axis}</text>`;

function sharePanel({ axis, points }: SurveyCurve, x: Scale, { survey }: Messages): Markup {
  const { left, right } = PANELS.share;
  const y = linearScale([0, 1], [BOTTOM, TOP]);
  return html`${frame(
      survey.heardAsSaid,
      PANELS.share,
      y,
      [0, 0.25, 0.5, 0.75, 1].map((share) => [share, percent(share)] as const),
    )}
    ${points.map(
      ({ value, lower, upper }) =>
        html`<line
          class="survey-bound"
          x1="${x(value)}"
          x2="${x(value)}"
          y1="${y(lower)}"
          y2="${y(upper)}"
        />`,
    )}
    <path
      class="survey-line"
      d="${path(points.map(({ value, heard, n }) => [x(value), y(heard / n)] as const))}"
    />
    ${points.map(
      ({ value, heard, n, lower, upper }) =>
        html`<circle class="survey-dot" cx="${x(value)}" cy="${y(heard / n)}" r="4.5">
          <title>${survey.dot(value, heard, n, percent(lower), percent(upper))}</title>
        </circle>`,
    )}
    ${valueLabels(points, x, survey.axes[axis].axis, (left + right) / 2)}`;
}

function latencyPanel({ axis, points }: SurveyCurve, x: Scale, { survey }: Messages): Markup {
  const { left, right } = PANELS.latency;
  const all = points.flatMap(({ latenciesMs }) => latenciesMs);
  const middle = (left + right) / 2;
  if (all.length === 0)
    return html`<text class="axis" x="${left}" y="${TOP - 18}">${survey.latency}</text>
      <text class="tick" x="${middle}" y="${(TOP + BOTTOM) / 2}" text-anchor="middle"
        >${survey.nothing}</text
      >`;
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const step = niceStep(Math.max(high - low, 50), 5);
  const domain = [Math.floor(low / step) * step, Math.ceil(high / step + 1e-9) * step] as const;
  const y = linearScale(domain, [BOTTOM, TOP]);
  const medians = points.flatMap(({ value, medianMs }) =>
    medianMs === undefined ? [] : [[x(value), y(medianMs)] as const],
  );
  return html`${frame(
      survey.latency,
      PANELS.latency,
      y,
      ticks(domain, 6).map((tick) => [tick, String(tick)] as const),
    )}
    <path class="survey-line latency" d="${path(medians)}" />
    ${points.flatMap(({ value, latenciesMs }) =>
      latenciesMs.map(
        (latencyMs) =>
          html`<circle class="survey-turn" cx="${x(value)}" cy="${y(latencyMs)}" r="3"
            ><title>${value}: ${inMs(latencyMs)} ms</title></circle
          >`,
      ),
    )}
    ${valueLabels(points, x, survey.axes[axis].axis, middle)}`;
}

/** Curves of one survey: the share that is heard with its bounds, and every latency with the line of the medians; below them the figures. */
export function surveyChart(curve: SurveyCurve, words: Messages): Markup {
  const { survey } = words;
  const { axis, points } = curve;
  const values = points.map(({ value }) => value);
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 1];
  const margin = (high - low) * 0.06;
  const scaleOf = ({ left, right }: { readonly left: number; readonly right: number }): Scale =>
    linearScale([low - margin, high + margin], [left, right]);
  const { title, axis: axisTitle } = survey.axes[axis];
  const label = survey.alt(title, points.length);
  return html`<h3>${title}</h3>
    <div class="scroll">
      <svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
        <title>${label}</title>
        ${sharePanel(curve, scaleOf(PANELS.share), words)}
        ${latencyPanel(curve, scaleOf(PANELS.latency), words)}
      </svg>
    </div>
    <div class="scroll">
      <table class="compact">
        <thead>
          <tr>
            <th>${axisTitle}</th>
            <th class="num">${survey.columns.turns}</th>
            <th class="num">${survey.columns.heard}</th>
            <th class="num">${survey.columns.bounds}</th>
            <th class="num">${survey.columns.median}</th>
            <th class="num">${survey.columns.max}</th>
          </tr>
        </thead>
        <tbody>
          ${points.map(
            ({ value, n, heard, lower, upper, medianMs, latenciesMs }) =>
              html`<tr>
                <td>${value}</td>
                <td class="num">${n}</td>
                <td class="num">${heard}</td>
                <td class="num">${words.to(percent(lower), percent(upper))}</td>
                <td class="num">${medianMs === undefined ? '–' : inMs(medianMs)}</td>
                <td class="num">${medianMs === undefined ? '–' : inMs(latenciesMs.at(-1) ?? NaN)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
