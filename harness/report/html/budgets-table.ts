import { measureNames, type Distribution } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Verdict } from '../../verdict';
import { goalRows } from '../goals';
import { headlineOf, kindRows, shownMeasures } from '../kinds';
import type { Messages } from '../language';
import { partsInWords, powerInWords, shiftRows } from '../shifts';
import { inMs } from '../wording';
import { html, type Markup } from './markup';
import { storedText } from './stored-text';

const shown = (value: number | undefined, unit: 'ms' | 'ratio', words: Messages): string =>
  value === undefined ? '–' : unit === 'ms' ? `${inMs(value, words)} ms` : `${(value * 100).toFixed(1)} %`;

/** Every bound with its value, its outcome and the sentence that explains it. */
export function budgetsTable({ budgets }: Verdict, words: Messages): Markup {
  const { columns, none } = words.budgets;
  if (budgets.length === 0) return html`<p class="empty">${none}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>${columns.outcome}</th>
          <th>${columns.measure}</th>
          <th class="num">${columns.value}</th>
          <th class="num">${columns.budget}</th>
          <th>${columns.why}</th>
        </tr>
      </thead>
      <tbody>
        ${budgets.map(
          ({ measure, kind, boards, quantile, bound, unit, value, outcome, why }) =>
            html`<tr>
              <td><span class="pill ${outcome}">${words.outcomes[outcome]}</span></td>
              <td class="nowrap">
                ${measure === 'successRate' ? words.successRate : words.measures[measure].title}
                ${quantile === undefined ? '' : words.quantileNames[quantile]}
                ${kind !== undefined && html`<small>${words.kinds[kind]}</small>`}
                ${boards !== undefined && html`<small>${boards.join(words.list)}</small>`}
              </td>
              <td class="num">${shown(value, unit, words)}</td>
              <td class="num">
                ${measure === 'successRate' ? '≥' : '≤'}
                ${unit === 'ms' ? `${bound} ms` : shown(bound, unit, words)}
              </td>
              <td class="muted">${storedText(why, words)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Every measure against the baseline; undefined where the run was held against none. */
export function shiftsTable(verdict: Verdict, words: Messages): Markup | undefined {
  if (verdict.comparison === undefined) return undefined;
  const { shifts, against, marginMs } = verdict.comparison;
  return html`<p class="muted">${words.shifts.matter(words.storedTitle(against), marginMs)}</p>
    <div class="scroll">
      <table class="shifts">
        <thead>
          <tr>
            ${words.shifts.titles.map((title, index) => html`<th class="${index < 2 ? '' : 'num'}">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shiftRows(verdict, words).map(
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
    ${[partsInWords(verdict, words), powerInWords(verdict, words)].map((note) => note !== undefined && html`<p class="muted">${note}</p>`)}`;
}

interface QuantileRow {
  readonly title: string;
  readonly distribution: Distribution;
}

const quantiles = (title: string, rows: readonly QuantileRow[], words: Messages): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>${title}</th>
          <th class="num">n</th>
          <th class="num">p50</th>
          <th class="num">p90</th>
          <th class="num">p95</th>
          <th class="num">${words.quantiles.max}</th>
          <th class="num">${words.quantiles.noReply}</th>
          <th class="num">${words.quantiles.notMeasured}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ title: name, distribution }) => {
          const { n, p50, p90, p95, maxMs, censored, notMeasured } = distribution;
          return html`<tr>
            <td class="nowrap">${name}</td>
            <td class="num">${n}</td>
            ${[p50, p90, p95].map((estimate) => html`<td class="num">${estimate === undefined ? '–' : inMs(estimate.valueMs, words)}${estimate?.judged === false && html`<small>${words.notJudgedAt(n)}</small>`}</td>`)}
            <td class="num">${maxMs === undefined ? '–' : inMs(maxMs, words)}</td>
            <td class="num">${censored}</td>
            <td class="num">${notMeasured}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;

/** Quantiles of every measure. */
export const quantilesTable = (verdict: Verdict, words: Messages): Markup =>
  quantiles(
    words.quantiles.measure,
    shownMeasures(verdict).map((name) => ({
      title: words.measures[name].title,
      distribution: verdict.distributions[name],
    })),
    words,
  );

/** The headline measure by kind of turn; undefined where the kinds tell no turns apart. */
export function kindsTable(verdict: Verdict, words: Messages): Markup | undefined {
  const rows = kindRows(verdict, words);
  const title = words.quantiles.of(words.measures[headlineOf(verdict)].title);
  return rows.length === 0 ? undefined : quantiles(title, rows, words);
}

/** Latencies beside the goals that the bench states for them; undefined where it states none. */
export function goalsTable(run: FinishedRun, words: Messages): Markup | undefined {
  const rows = goalRows(run, words);
  if (rows.length === 0) return undefined;
  return html`<div class="scroll">
    <table class="goals">
      <thead>
        <tr>
          ${words.goals.titles.map((title, index) => html`<th class="${index === 2 || index === 3 ? 'num' : ''}">${title}</th>`)}
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
export const definitions = (verdict: Verdict | undefined, words: Messages): Markup =>
  html`<dl class="definitions">
    ${(verdict === undefined ? measureNames : shownMeasures(verdict)).map((name) => {
      const { title, begins, ends } = words.measures[name];
      return html`<div>
        <dt>${title}</dt>
        <dd>${words.definitions.from(begins)}<br />${words.definitions.until(ends)}</dd>
      </div>`;
    })}
  </dl>`;
