import { html, trusted, type Markup } from '../html/markup';
import { linearScale, ticks } from '../html/scale';
import { style } from '../html/style';
import { firstMeasure, type ProbedProvider, type ProbeReport, type ProbeSpread } from './probe-report';

const WIDTH = 960;
const ROW = 46;
const PLOT = { left: 210, right: 930, top: 14 } as const;
const AXIS = 44;

const inMs = (value: number): string => `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ms`;

/** One row for each provider: a dot for each turn, a box from p50 to p95 with a line at each of the three quantiles. */
function strips(
  rows: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly spread: ProbeSpread;
  }[],
  label: string,
): Markup {
  const most = Math.max(...rows.map(({ spread }) => spread.max)) || 1;
  const bottom = PLOT.top + rows.length * ROW;
  const x = linearScale([0, most * 1.04], [PLOT.left, PLOT.right]);
  const grid = ticks([0, most * 1.04], 9).map(
    (value) =>
      html`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${PLOT.top}" y2="${bottom}" /><text
          class="tick"
          x="${x(value)}"
          y="${bottom + 18}"
          text-anchor="middle"
          >${Number(value.toPrecision(6))}</text
        >`,
  );
  const bodies = rows.map(({ name, values, spread }, index) => {
    const middle = PLOT.top + index * ROW + ROW / 2;
    const { p50, p90, p95, n } = spread;
    const lines = [p50, p90, p95].map(
      (value) =>
        html`<line
          class="quantile"
          x1="${x(value)}"
          x2="${x(value)}"
          y1="${middle - 13}"
          y2="${middle + 13}"
        />`,
    );
    const dots = values.map(
      (value, turn) => html`<circle cx="${x(value)}" cy="${middle - 7 + ((turn * 5) % 15)}" r="2.6" />`,
    );
    return html`<g class="strip"
      ><title>${name}: p50 ${inMs(p50)}, p90 ${inMs(p90)}, p95 ${inMs(p95)} of ${n}</title>
      <rect class="lane" x="${PLOT.left}" width="${PLOT.right - PLOT.left}" y="${middle - 16}" height="32" />
      <rect
        class="box"
        x="${x(p50)}"
        width="${Math.max(1, x(p95) - x(p50))}"
        y="${middle - 13}"
        height="26"
      />
      ${dots}${lines}<text class="lane-title" x="${PLOT.left - 12}" y="${middle + 4}" text-anchor="end"
        >${name}</text
      ></g
    >`;
  });
  return html`<div class="scroll">
    <svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="img" aria-label="${label}">
      ${grid}${bodies}
      <text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${bottom + 38}" text-anchor="middle">ms</text>
    </svg>
  </div>`;
}

/** Dots of gaps would be thousands. */
const MOST_DOTS = 400;

function card(
  title: string,
  text: string,
  providers: readonly ProbedProvider[],
  pick: (provider: ProbedProvider) => {
    readonly values: readonly number[];
    readonly spread: ProbeSpread | undefined;
  },
): Markup {
  const rows = providers.flatMap((provider) => {
    const { values, spread } = pick(provider);
    return spread === undefined ? [] : [{ name: provider.name, values: values.slice(0, MOST_DOTS), spread }];
  });
  const body =
    rows.length === 0 ? html`<p class="empty">No provider has this measure.</p>` : strips(rows, title);
  return html`<section class="card">
    <div class="card-head">
      <h2>${title}</h2>
      <span class="muted">${text}</span>
    </div>
    ${body}
  </section>`;
}

const cell = (spread: ProbeSpread | undefined): Markup =>
  spread === undefined
    ? html`<td class="num muted">–</td>`
    : html`<td class="num">${inMs(spread.p50)} / ${inMs(spread.p90)} / ${inMs(spread.p95)}</td>`;

const times = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([code, count]) => `${code} × ${count}`)
    .join(', ');

const table = (providers: readonly ProbedProvider[]): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>provider</th>
          <th>model</th>
          <th class="num">answered</th>
          <th class="num">first token or audio</th>
          <th class="num">between tokens</th>
          <th class="num">total</th>
          <th>failed</th>
        </tr>
      </thead>
      <tbody>
        ${providers.map(
          (provider) =>
            html`<tr>
              <td>${provider.name}</td>
              <td>${provider.model}</td>
              <td class="num">${provider.answered} of ${provider.wanted}</td>
              ${cell(provider.measures[firstMeasure(provider)])}${cell(provider.measures.tokenGapMs)}${cell(provider.measures.totalMs)}
              <td>${times(provider.errors) || '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const own = `
.strip circle{fill:var(--bar);fill-opacity:.55}.strip .box{fill:var(--ttfa);fill-opacity:.18}.strip .quantile{stroke:var(--ttfa);stroke-width:2}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line)}th.num,td.num{text-align:right;white-space:nowrap}
main{padding-top:24px;padding-bottom:24px}h1{font-size:24px;letter-spacing:-.02em}.lead{margin:6px 0 18px;color:var(--muted);max-width:95ch}`;

/** The probe as one page that needs no other file. */
export function renderProbePage(report: ProbeReport): string {
  const { providers, comparison, startedAt, turnsPerProvider, concurrency } = report;
  const answered = (provider: ProbedProvider) =>
    provider.turns.filter(({ outcome }) => outcome === 'answered');
  const lead = `${startedAt}, ${turnsPerProvider} turns each, ${concurrency} at once. Times run from the last byte of the question, of a spoken one from its last speech sample; connecting is apart. Quantiles are type 7, of the answered turns.`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>Earshot: providers</title>
        <style>
          ${trusted(style + own)}
        </style>
      </head>
      <body>
        <main>
          <h1>How fast do the providers answer?</h1>
          <p class="lead">${lead}</p>
          ${card(
            'First token or audio',
            'Each dot is a turn; the box runs from p50 to p95, with p90 between.',
            providers,
            (provider) => {
              const measure = firstMeasure(provider);
              return {
                spread: provider.measures[measure],
                values: answered(provider).flatMap((turn) =>
                  measure === 'firstAudioMs' ? (turn.firstAudioMs ?? []) : (turn.firstTokenMs ?? []),
                ),
              };
            },
          )}
          ${card('Between tokens', 'From one piece of the answer to the next.', providers, (provider) => ({
            spread: provider.measures.tokenGapMs,
            values: answered(provider).flatMap(({ tokenGapsMs }) => tokenGapsMs),
          }))}
          ${card('Whole answer', 'To its end.', providers, (provider) => ({
            spread: provider.measures.totalMs,
            values: answered(provider).flatMap(({ totalMs }) => totalMs ?? []),
          }))}
          <section class="card">
            <div class="card-head">
              <h2>Numbers</h2>
              <span class="muted">p50 / p90 / p95</span>
            </div>
            ${table(providers)}
          </section>
          ${
            comparison !== undefined &&
            html`<section class="card">
              <div class="card-head">
                <h2>What the board adds</h2>
                <span class="muted">run ${comparison.runId}, ${comparison.measure}</span>
              </div>
              <div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th>over</th>
                      <th class="num">p50</th>
                      <th class="num">p95</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${comparison.added.map(
                      ({ provider, p50Ms, p95Ms }) =>
                        html`<tr>
                          <td>${provider}</td>
                          <td class="num">${inMs(p50Ms)}</td>
                          <td class="num">${inMs(p95Ms)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>
            </section>`
          }
        </main>
      </body>
    </html>`;
  return `${page.text}\n`;
}
