import { measures, type QuantileEstimate } from '../../measurement';
import type { RunHead } from '../../run';
import { html, trusted, type Markup } from '../html/markup';
import { style } from '../html/style';
import { inMs, outcomeInWords } from '../wording';
import { firmwareOf, type Trend } from './releases';
import { trendChart } from './trend-chart';

const ownStyle = `
.trend .path{fill:none;stroke:var(--bar);stroke-width:1.5}.trend .interval{stroke:var(--ink);stroke-width:2}.trend .p95{stroke:var(--ecdf);stroke-width:2.5}
.trend .p50{fill:var(--none);stroke:var(--card);stroke-width:1.5}.trend .p50.pass{fill:var(--pass)}.trend .p50.fail{fill:var(--fail)}.trend .p50.inconclusive{fill:var(--open)}
.trend .open{stroke-dasharray:3 2}.trend .p50.open{fill:var(--card);stroke:var(--muted)}
`;

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const styleElement = trusted(`<style>${style}${ownStyle}</style>`);

/** Most runs that a page lists; what is older is in the folder. */
const MAX_RUNS = 500;

export interface HistoryOptions {
  /** Where a run's report is, relative to the page; undefined: nowhere. */
  readonly linkOf: (run: RunHead) => string | undefined;
}

/** `655.2 (610.4 to 701.8)`; without an interval where there are too few turns for one. */
function medianInWords(p50: QuantileEstimate | undefined): string {
  if (p50 === undefined) return '–';
  const { valueMs, lowerMs, upperMs } = p50;
  const interval =
    lowerMs === undefined || upperMs === undefined ? '' : ` (${inMs(lowerMs)} to ${inMs(upperMs)})`;
  return `${inMs(valueMs)}${interval}`;
}

const releaseTable = ({ releases }: Trend): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>release</th>
          <th>outcome</th>
          <th class="num">runs</th>
          <th class="num">n</th>
          <th class="num">p50 (95 % interval)</th>
          <th class="num">p95</th>
          <th class="num">no answer</th>
        </tr>
      </thead>
      <tbody>
        ${[...releases].reverse().map(
          ({ firmware, runs, outcome, distribution: { n, p50, p95, censored } }) =>
            html`<tr>
              <td>${firmware}</td>
              <td><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></td>
              <td class="num">${runs.length}</td>
              <td class="num">${n}</td>
              <td class="num">${medianInWords(p50)}</td>
              <td class="num">${p95 === undefined ? '–' : inMs(p95.valueMs)}</td>
              <td class="num">${censored}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const trendCard = (trend: Trend): Markup =>
  html`<section class="card">
    <div class="card-head">
      <h2>${trend.board}</h2>
      <span class="muted"
        >${trend.dialect} · provider ${trend.provider} · ${measures[trend.measure].title} in
        milliseconds</span
      >
    </div>
    <div class="scroll">${trendChart(trend)}</div>
    <p class="muted">
      dot: median of a release, line through it: its 95 % interval, bar above: p95; hollow: too few turns
    </p>
    ${releaseTable(trend)}
  </section>`;

function runRow(run: RunHead, link: string | undefined): Markup {
  const { record } = run;
  const outcome = record.outcome ?? 'aborted';
  return html`<tr>
    <td class="nowrap">${record.startedAt.slice(0, 16).replace('T', ' ')}</td>
    <td><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></td>
    <td>${record.boards.map(({ name }) => name).join(', ')}</td>
    <td>${firmwareOf(run)}</td>
    <td>${link === undefined ? record.runId : html`<a href="${link}">${record.runId}</a>`}</td>
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
  { linkOf }: HistoryOptions,
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
          ${trends.map(trendCard)}
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
                    <th>run</th>
                    <th>why</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map((run) => runRow(run, linkOf(run)))}
                </tbody>
              </table>
            </div>
          </section>
        </main>
      </body>
    </html> `.text;
}
