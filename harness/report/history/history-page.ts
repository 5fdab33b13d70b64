import { measures, type QuantileEstimate } from '../../measurement';
import type { RunHead } from '../../run';
import { html, trusted, type Markup } from '../html/markup';
import { style } from '../html/style';
import { inMs, outcomeInWords } from '../wording';
import { firmwareOf, type Release, type Trend } from './releases';
import { trendChart } from './trend-chart';

const ownStyle = `
.trend .path{fill:none;stroke:var(--bar);stroke-width:1.5}.trend .path.p95{stroke:var(--ecdf);stroke-opacity:.45}
.interval{fill:none;stroke:var(--ink);stroke-width:1.8}.p95 .interval{stroke:var(--ecdf)}
.p50 .mark{fill:var(--none);stroke:var(--card);stroke-width:1.2}.p50.pass .mark{fill:var(--pass)}.p50.fail .mark{fill:var(--fail)}.p50.inconclusive .mark{fill:var(--open)}.p95 .mark{fill:var(--ecdf);stroke:var(--card);stroke-width:1.2}
.p50.open .mark,.p95.open .mark{fill:var(--card);stroke-dasharray:2 1.5}.p50.open .mark{stroke:var(--muted)}.p95.open .mark{stroke:var(--ecdf)}.open .interval{stroke-dasharray:3 2}
.newest-first{direction:rtl}.newest-first>*{direction:ltr}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px}.legend span{display:inline-flex;align-items:center;gap:6px}.legend svg{width:14px;height:18px}
.trend-card td:first-child{overflow-wrap:anywhere;min-width:7em}
`;

/** The marks of the charts, and what they say. */
const legend = html`<p class="legend muted" aria-hidden="true">
  <span
    ><svg viewBox="0 0 14 18">
      <g class="p50">
        <path class="interval" d="M2 1h10M7 1V17M2 17h10" />
        <circle class="mark" cx="7" cy="9" r="4.5" />
      </g></svg
    >median with its 95 % interval, coloured by the outcome</span
  >
  <span
    ><svg viewBox="0 0 14 18">
      <g class="p95">
        <path class="interval" d="M2 1h10M7 1V17M2 17h10" />
        <path class="mark" d="M7 4l5 5l-5 5l-5 -5z" />
      </g></svg
    >p95 with its own</span
  >
  <span
    ><svg viewBox="0 0 14 18">
      <g class="p50 open"><circle class="mark" cx="7" cy="9" r="4.5" /></g></svg
    >too few turns to judge</span
  >
  <span>the axis does not begin at zero</span>
</p>`;

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const styleElement = trusted(`<style>${style}${ownStyle}</style>`);

/** Most runs that a page lists; what is older is in the folder. */
const MAX_RUNS = 500;

export interface HistoryOptions {
  /** Where a run's report is, relative to the page; undefined: nowhere. */
  readonly linkOf: (run: RunHead) => string | undefined;
  /** The same of its report by Allure. Absent: no run has one. */
  readonly allureLinkOf?: ((run: RunHead) => string | undefined) | undefined;
}

/** `655.2 (610.4 to 701.8)`; without an interval where there are too few turns for one. */
function quantileInWords(quantile: QuantileEstimate | undefined): string {
  if (quantile === undefined) return '–';
  const { valueMs, lowerMs, upperMs } = quantile;
  const interval =
    lowerMs === undefined || upperMs === undefined ? '' : ` (${inMs(lowerMs)} to ${inMs(upperMs)})`;
  return `${inMs(valueMs)}${interval}`;
}

/** `+12.3`: how the median moved from the release before; undefined where too few turns say one of the two. */
function changeInWords(release: Release | undefined, before: Release | undefined): string | undefined {
  const [now, then] = [release, before].map((of) => of?.distribution.p50);
  if (now?.judged !== true || then?.judged !== true) return undefined;
  const change = now.valueMs - then.valueMs;
  if (!Number.isFinite(change)) return undefined;
  return `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)}`;
}

const releaseRow = (release: Release, before: Release | undefined): Markup => {
  const { runs, outcome, distribution } = release;
  const { n, p50, p95, censored } = distribution;
  return html`<td class="num nowrap">${quantileInWords(p50)}</td>
    <td class="num">${changeInWords(release, before) ?? '–'}</td>
    <td class="num nowrap">${quantileInWords(p95)}</td>
    <td><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></td>
    <td class="num">${n}</td>
    <td class="num">${runs.length}</td>
    <td class="num">${censored}</td>`;
};

const releaseTitles = html`<th class="num">p50 (95 % interval)</th>
  <th class="num">change</th>
  <th class="num">p95 (95 % interval)</th>
  <th>outcome</th>
  <th class="num">turns</th>
  <th class="num">runs</th>
  <th class="num">no answer</th>`;

const releaseTable = ({ releases }: Trend): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>release</th>
          ${releaseTitles}
        </tr>
      </thead>
      <tbody>
        ${releases
          .map(
            (release, index) =>
              html`<tr>
                <td>${release.firmware}</td>
                ${releaseRow(release, releases[index - 1])}
              </tr>`,
          )
          .reverse()}
      </tbody>
    </table>
  </div>`;

const trendCard = (trend: Trend, index: number): Markup =>
  html`<section class="card trend-card" id="trend-${index + 1}">
    <div class="card-head">
      <h2>${trend.board}</h2>
      <span class="muted"
        >${trend.dialect} · provider ${trend.provider} · ${measures[trend.measure].title} in
        milliseconds</span
      >
    </div>
    <div class="scroll newest-first" tabindex="0">${trendChart(trend)}</div>
    ${legend} ${releaseTable(trend)}
  </section>`;

/** Where each board and provider stands. */
const overviewCard = (trends: readonly Trend[]): Markup =>
  html`<section class="card">
    <div class="card-head">
      <h2>Newest releases</h2>
      <span class="muted"
        >milliseconds; change: of the median, from the release before it. Whether a change matters is for
        <code>earshot gate</code></span
      >
    </div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>board</th>
            <th>release</th>
            ${releaseTitles}
          </tr>
        </thead>
        <tbody>
          ${trends.map(({ board, provider, releases }, index) => {
            const newest = releases.at(-1);
            return (
              newest !== undefined &&
              html`<tr>
                <td><a href="#trend-${index + 1}">${board}</a><br /><small>provider ${provider}</small></td>
                <td>${newest.firmware}</td>
                ${releaseRow(newest, releases.at(-2))}
              </tr>`
            );
          })}
        </tbody>
      </table>
    </div>
  </section>`;

function runRow(run: RunHead, { linkOf, allureLinkOf }: HistoryOptions): Markup {
  const [link, allure] = [linkOf(run), allureLinkOf?.(run)];
  const { record } = run;
  const outcome = record.outcome ?? 'aborted';
  return html`<tr>
    <td class="nowrap">${record.startedAt.slice(0, 16).replace('T', ' ')}</td>
    <td><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></td>
    <td class="nowrap">${record.boards.map(({ name }) => name).join(', ')}</td>
    <td>${firmwareOf(run)}</td>
    <td>${record.provider.name}</td>
    <td class="nowrap">
      ${link === undefined ? record.runId : html`<a href="${link}">${record.runId}</a>`}${allure !== undefined && html` <small><a href="${allure}">Allure</a></small>`}
    </td>
    <td class="muted">${record.why ?? ''}</td>
  </tr>`;
}

/**
 * Many runs on one page: a card for each trend, then the runs, newest first. One file without script and without any other.
 * @param runs - In any order.
 */
export function renderHistory(
  runs: readonly RunHead[],
  trends: readonly Trend[],
  options: HistoryOptions,
): string {
  const newestFirst = [...runs].sort((a, b) => b.record.startedAt.localeCompare(a.record.startedAt));
  const shown = newestFirst.slice(0, MAX_RUNS);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Latency by release · earshot</title>
        ${styleElement}
      </head>
      <body>
        <header class="page-head">
          <div class="brand">
            <span class="logo" aria-hidden="true"></span>earshot<span class="muted">${runs.length} runs</span>
          </div>
        </header>
        <main>
          ${trends.length > 0 && overviewCard(trends)} ${trends.map(trendCard)}
          ${trends.length === 0 && html`<section class="card"><p class="empty">No run here was judged by a latency.</p></section>`}
          <section class="card">
            <div class="card-head">
              <h2>Runs</h2>
              <span class="muted"
                >${shown.length < runs.length ? `the newest ${shown.length} of ${runs.length}` : 'newest first'}</span
              >
            </div>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th>started</th>
                    <th>outcome</th>
                    <th>board</th>
                    <th>firmware</th>
                    <th>provider</th>
                    <th>run</th>
                    <th>why</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map((run) => runRow(run, options))}
                </tbody>
              </table>
            </div>
          </section>
        </main>
      </body>
    </html> `.text;
}
