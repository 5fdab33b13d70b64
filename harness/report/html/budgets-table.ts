import { measureNames, measures, turnKindTitles, type Distribution } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Verdict } from '../../verdict';
import { goalRows, goalTitles } from '../goals';
import { headlineOf, kindRows, shownMeasures } from '../kinds';
import { partsInWords, powerInWords, shiftRows, shiftTitles } from '../shifts';
import { inMs, outcomeInWords, quantileInWords } from '../wording';
import { html, type Markup } from './markup';

const shown = (value: number | undefined, unit: 'ms' | 'ratio'): string =>
  value === undefined ? '–' : unit === 'ms' ? `${inMs(value)} ms` : `${(value * 100).toFixed(1)} %`;

/** Every bound with its value, its outcome and the sentence that explains it. */
export function budgetsTable({ budgets }: Verdict): Markup {
  if (budgets.length === 0) return html`<p class="empty">No budgets were given: findings alone decide.</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>outcome</th>
          <th>measure</th>
          <th class="num">value</th>
          <th class="num">budget</th>
          <th>why</th>
        </tr>
      </thead>
      <tbody>
        ${budgets.map(
          ({ measure, kind, quantile, bound, unit, value, outcome, why }) =>
            html`<tr>
              <td><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></td>
              <td class="nowrap">
                ${measure === 'successRate' ? 'success rate' : measures[measure].title} ${quantile ?? ''}
                ${kind !== undefined && html`<small>${turnKindTitles[kind]}</small>`}
              </td>
              <td class="num">${shown(value, unit)}</td>
              <td class="num">
                ${measure === 'successRate' ? '≥' : '≤'} ${unit === 'ms' ? `${bound} ms` : shown(bound, unit)}
              </td>
              <td class="muted">${why}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Every measure against the baseline; undefined where the run was held against none. */
export function shiftsTable(verdict: Verdict): Markup | undefined {
  if (verdict.comparison === undefined) return undefined;
  const { shifts, against, marginMs } = verdict.comparison;
  return html`<p class="muted">${against}; ${marginMs} ms matter.</p>
    <div class="scroll">
      <table class="shifts">
        <thead>
          <tr>
            ${shiftTitles.map((title, index) => html`<th class="${index < 2 ? '' : 'num'}">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shiftRows(verdict).map(
            ([outcome, measure, ...figures], index) =>
              html`<tr>
                <td><span class="pill ${shifts[index]?.outcome ?? ''}">${outcome}</span></td>
                <td class="nowrap">${measure}</td>
                ${figures.map((figure) => html`<td class="num">${figure}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${[partsInWords(verdict), powerInWords(verdict)].map((note) => note !== undefined && html`<p class="muted">${note}</p>`)}`;
}

interface QuantileRow {
  readonly title: string;
  readonly distribution: Distribution;
}

const quantiles = (title: string, rows: readonly QuantileRow[]): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>${title}</th>
          <th class="num">n</th>
          <th class="num">p50</th>
          <th class="num">p90</th>
          <th class="num">p95</th>
          <th class="num">max</th>
          <th class="num">no reply</th>
          <th class="num">not measured</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ title: name, distribution }) => {
          const { n, p50, p90, p95, maxMs, censored, notMeasured } = distribution;
          return html`<tr>
            <td class="nowrap">${name}</td>
            <td class="num">${n}</td>
            ${[p50, p90, p95].map((estimate) => html`<td class="num">${quantileInWords(estimate, n).replace(/ \(.*/, '')}${estimate?.judged === false && html`<small>not judged at n = ${n}</small>`}</td>`)}
            <td class="num">${maxMs === undefined ? '–' : inMs(maxMs)}</td>
            <td class="num">${censored}</td>
            <td class="num">${notMeasured}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;

/** Quantiles of every measure. */
export const quantilesTable = (verdict: Verdict): Markup =>
  quantiles(
    'measure',
    shownMeasures(verdict).map((name) => ({
      title: measures[name].title,
      distribution: verdict.distributions[name],
    })),
  );

/** The headline measure by kind of turn; undefined where the kinds tell no turns apart. */
export function kindsTable(verdict: Verdict): Markup | undefined {
  const rows = kindRows(verdict);
  return rows.length === 0 ? undefined : quantiles(`${measures[headlineOf(verdict)].title} of`, rows);
}

/** Latencies beside the goals that the bench states for them; undefined where it states none. */
export function goalsTable(run: FinishedRun): Markup | undefined {
  const rows = goalRows(run);
  if (rows.length === 0) return undefined;
  return html`<div class="scroll">
    <table class="goals">
      <thead>
        <tr>
          ${goalTitles.map((title, index) => html`<th class="${index === 2 || index === 3 ? 'num' : ''}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ dialect, measure, value, goal, difference }) =>
            html`<tr>
              <td class="nowrap">${dialect}</td>
              <td class="nowrap">${measure}</td>
              <td class="num">${value}</td>
              <td class="num">${goal}</td>
              <td class="muted">${difference}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What each measure begins and ends with. */
export const definitions = (verdict: Verdict | undefined): Markup =>
  html`<dl class="definitions">
    ${(verdict === undefined ? measureNames : shownMeasures(verdict)).map((name) => {
      const { title, begins, ends } = measures[name];
      return html`<div>
        <dt>${title}</dt>
        <dd>from ${begins}<br />to ${ends}</dd>
      </div>`;
    })}
  </dl>`;
