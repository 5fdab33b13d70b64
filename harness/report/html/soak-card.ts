import type { SoakTrend, SoakVerdict } from '../../verdict';
import type { Messages } from '../language';
import { html, type Markup } from './markup';
import { linearScale } from './scale';
import { storedText } from './stored-text';

const WIDTH = 240;
const HEIGHT = 44;
const MARGIN = 4;

/** As many digits as the thing has: bytes come whole. */
const figure = (value: number, unit: SoakTrend['unit']): string =>
  (unit === 'bytes' && Math.abs(value) >= 10 ? Math.round(value) : Number(value.toFixed(1)))
    .toString()
    .replace('-', '\u2212');

/** The course of one thing, from its least to its most. */
function course({ drawn, name, unit }: SoakTrend, plannedMs: number, words: Messages): Markup | undefined {
  const [first] = drawn;
  const last = drawn.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const values = drawn.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = linearScale([0, Math.max(plannedMs, last[0])], [MARGIN, WIDTH - MARGIN]);
  // What keeps its level is a line in the middle.
  const y = linearScale(least === most ? [least - 1, most + 1] : [least, most], [HEIGHT - MARGIN, MARGIN]);
  const path = drawn.map(([at, value], n) => `${n === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
  const { columns, trends, alt } = words.soak;
  const label = alt(trends[name], figure(least, unit), figure(most, unit), columns.units[unit]);
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    <title>${label}</title>
    <path d="${path}" />
  </svg>`;
}

/** What a soak saw over its time: each thing with its course, its slope and what came of its bounds. */
export function soakCard({ trends, counts, plannedMs }: SoakVerdict, words: Messages): Markup {
  const { columns, trends: titles, counted, per, interval, bound } = words.soak;
  return html`<p>${counted(counts)}</p>
    <div class="scroll">
      <table class="soak">
        <thead>
          <tr>
            <th>${columns.what}</th>
            <th>${columns.course}</th>
            <th class="num">${columns.first}</th>
            <th class="num">${columns.last}</th>
            <th class="num">${columns.slope}</th>
            <th>${columns.bound}</th>
          </tr>
        </thead>
        <tbody>
          ${trends.map(
            (trend) =>
              html`<tr>
                <td class="nowrap">${titles[trend.name]} <small>${columns.units[trend.unit]}</small></td>
                <td>${course(trend, plannedMs, words)}</td>
                <td class="num">${shownOf(trend.drawn[0]?.[1], trend.unit)}</td>
                <td class="num">${shownOf(trend.drawn.at(-1)?.[1], trend.unit)}</td>
                <td class="num">
                  ${
                    trend.perHour === undefined
                      ? '–'
                      : html`${figure(trend.perHour.slope, trend.unit)}
                          <small
                            >${interval(figure(trend.perHour.lower, trend.unit), figure(trend.perHour.upper, trend.unit))}</small
                          >`
                  }
                </td>
                <td>
                  ${trend.bounds.map(
                    ({ per: each, bound: bytes, outcome }) =>
                      html`<span class="pill ${outcome}">${words.outcomes[outcome]}</span>
                        ${bound(bytes, per[each])} `,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${trends.flatMap(({ bounds }) =>
      bounds.map(({ why }) => html`<p class="muted">${storedText(why, words)}</p>`),
    )}`;
}

const shownOf = (value: number | undefined, unit: SoakTrend['unit']): string =>
  value === undefined ? '–' : figure(value, unit);
