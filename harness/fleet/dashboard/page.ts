import { html, trusted, type Markup } from '../../report/html/markup';
import type { BoardState, BenchState, OrderKind } from '../roll';
import type { BookedVerdict } from '../verdict-book';
import { priorities } from '../work';
import type { FleetJob, FleetProvider, FleetState } from './fleet-state';
import { ageOf, inCents, words, type PageLanguage, type Words } from './words';

/** How a fleet is to be shown. */
export interface PageOptions {
  readonly language: PageLanguage;
  /** Whether there is a token, so that orders can be given. */
  readonly takesOrders: boolean;
  /** Where the report of a verdict can be had by a browser; undefined: nowhere that we know. */
  readonly linkOf: (verdict: BookedVerdict) => string | undefined;
  /** What came of the last order. */
  readonly notice?: { readonly text: string; readonly isBad: boolean };
}

interface View extends PageOptions {
  readonly t: Words;
  readonly nowMs: number;
}

const SHORT_HASH = 12;
const SHORT_JOB = 12;

/** `job-1d748090` of a job whose whole name is in its title. */
const jobName = (jobId: string): Markup => html`<code title="${jobId}">${jobId.slice(0, SHORT_JOB)}</code>`;

/** `job-1d748090, unit 4` */
const pieceName = (piece: string): Markup => {
  const [jobId = '', index = ''] = piece.split('/');
  return html`<code title="${piece}">${jobId.slice(0, SHORT_JOB)}/${index}</code>`;
};

const timeOf = (ms: number): Markup => {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

const age = (sinceMs: number, { nowMs, t }: View): Markup =>
  html`<span class="nowrap" title="${new Date(sinceMs).toISOString()}">${ageOf(nowMs - sinceMs, t)}</span>`;

/** A button of the one form that has the token. */
const button = (order: Readonly<Record<string, string>>, text: string, of: string): Markup =>
  html`<button form="orders" name="order" value="${JSON.stringify(order)}" aria-label="${text}: ${of}">
    ${text}
  </button>`;

function ordersOf(board: BoardState): readonly OrderKind[] {
  if (board.state === 'lost') return [];
  if (board.state === 'quarantined') return ['release'];
  if (board.state === 'draining') return ['resume', 'quarantine'];
  return ['drain', 'quarantine'];
}

const boardRow = (bench: string, board: BoardState, view: View): Markup =>
  html` <tr>
    <td><b>${board.name}</b><small>${board.model} · ${board.dialect}</small></td>
    <td><span class="pill ${board.state}">${view.t.activity[board.state]}</span></td>
    <td>${age(board.sinceMs, view)}</td>
    <td>
      ${board.piece === undefined ? false : pieceName(board.piece)}${
        board.reason === undefined ? false : html`<small class="reason">${board.reason}</small>`
      }
    </td>
    ${
      view.takesOrders &&
      html`<td class="orders">
        ${ordersOf(board).map((kind) =>
          button({ order: kind, bench, board: board.name }, view.t.order[kind], `${bench}/${board.name}`),
        )}
      </td>`
    }
  </tr>`;

function benchCard({ bench, host, version, boards, seenAtMs }: BenchState, view: View): Markup {
  const { t, takesOrders, nowMs } = view;
  const isDrained = boards.every(({ state }) => state === 'draining' || state === 'quarantined');
  const isLost = boards.length > 0 && boards.every(({ state }) => state === 'lost');
  const kind = isDrained ? 'resume' : 'drain';
  return html` <section class="card${isLost ? ' lost' : ''}" aria-label="${bench}">
    <div class="card-head">
      <h3>${bench}</h3>
      <span class="muted">${host} · Earshot ${version} · ${t.seen(ageOf(nowMs - seenAtMs, t))}</span>
      ${takesOrders && !isLost && html`<span class="orders">${button({ order: kind, bench }, t.order[kind], `${bench}, ${t.wholeBench}`)}</span>`}
    </div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">${t.columns.board}</th>
            <th scope="col" class="state">${t.columns.state}</th>
            <th scope="col" class="since">${t.columns.since}</th>
            <th scope="col">${t.columns.plays}</th>
            ${takesOrders && html`<th scope="col" class="last">${t.columns.order}</th>`}
          </tr>
        </thead>
        <tbody>
          ${boards.map((board) => boardRow(bench, board, view))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function jobRow(job: FleetJob, view: View): Markup {
  const { t, takesOrders, nowMs } = view;
  const { done, running, waiting, notBeforeMs, held } = job;
  const all = Math.max(1, done + running + waiting);
  const later = notBeforeMs !== undefined && notBeforeMs > nowMs;
  return html` <tr>
    <td>${jobName(job.jobId)}<small>${job.models.join(', ')}</small></td>
    <td><span class="pill ${job.priority}">${t.priority[job.priority]}</span></td>
    <td><code title="${job.firmwareSha256}">${job.firmwareSha256.slice(0, SHORT_HASH)}</code></td>
    <td class="progress">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="rest" width="100" height="8" />
        <rect class="running" width="${(100 * (done + running)) / all}" height="8" />
        <rect class="done" width="${(100 * done) / all}" height="8" />
      </svg>
      <small
        >${t.counts(done, running, waiting)}${later && html` · ${t.notBefore('')}${timeOf(notBeforeMs)}`}</small
      >${held !== undefined && html`<small class="reason">${t.held(held)}</small>`}
    </td>
    ${takesOrders && html`<td class="orders">${button({ order: 'cancel', job: job.jobId }, t.order.cancel, job.jobId)}</td>`}
  </tr>`;
}

const providerRow = ({ provider, allowance, running, spentToday }: FleetProvider, t: Words): Markup => {
  const { atOnce, unitsPerMinute, centsPerDay, centsPerTurn } = allowance;
  return html` <tr>
    <td><code>${provider}</code></td>
    <td class="num">${atOnce === undefined ? running : t.ofLimit(running, atOnce)}</td>
    <td class="num">${unitsPerMinute ?? '–'}</td>
    <td class="num">
      ${centsPerTurn === undefined ? '–' : centsPerDay === undefined ? inCents(spentToday) : t.ofLimit(inCents(spentToday), centsPerDay)}
    </td>
    <td class="num">${centsPerTurn ?? '–'}</td>
  </tr>`;
};

function verdictRow(verdict: BookedVerdict, view: View): Markup {
  const { t, takesOrders, linkOf } = view;
  const link = linkOf(verdict);
  const report =
    link === undefined
      ? html`<span class="muted" title="${verdict.report ?? ''}">${t.elsewhere}</span>`
      : html`<a href="${link}" aria-label="${t.report}: ${verdict.jobId}">${t.report}</a>`;
  const mayRetry = verdict.outcome !== 'pass' && verdict.outcome !== 'fail';
  return html` <tr>
    <td>
      <span class="pill ${verdict.outcome}" title="exit ${verdict.exitCode}"
        >${t.outcome[verdict.outcome] ?? verdict.outcome}</span
      >
    </td>
    <td>${jobName(verdict.jobId)}</td>
    <td><code title="${verdict.firmwareSha256}">${verdict.firmwareSha256.slice(0, SHORT_HASH)}</code></td>
    <td class="num">${verdict.turns}</td>
    <td>${timeOf(verdict.atMs)}</td>
    <td>${report}</td>
    ${takesOrders && html`<td class="orders">${mayRetry && button({ order: 'retry', job: verdict.jobId }, t.order.retry, verdict.jobId)}</td>`}
  </tr>`;
}

const tile = (title: string, value: Markup | string | number, note: Markup | string, kind = ''): Markup =>
  html`<div class="tile ${kind}">
    <p class="tile-name">${title}</p>
    <div class="value">${value}</div>
    <div class="note">${note}</div>
  </div>`;

function tiles({ benches, waiting }: FleetState, { t }: View): Markup {
  const boards = benches.flatMap((bench) => bench.boards);
  const count = (state: BoardState['state']): number =>
    boards.filter((board) => board.state === state).length;
  const held = (['quarantined', 'draining', 'lost'] as const).filter((state) => count(state) > 0);
  const silent = benches.filter((bench) => bench.boards.some(({ state }) => state === 'lost')).length;
  const total = priorities.reduce((sum, priority) => sum + waiting[priority], 0);
  const byPriority = priorities.map((priority) => `${t.priority[priority]} ${waiting[priority]}`).join(' · ');
  return html`<div class="tiles">
    ${tile(t.tiles.playing, html`${count('playing')} <small>${t.tiles.ofBoards(boards.length)}</small>`, `${t.activity.idle} ${count('idle')}`)}
    ${tile(t.tiles.waiting, total, byPriority)}
    ${tile(t.tiles.benches, benches.length, silent > 0 ? t.tiles.silent(silent) : t.tiles.allHeard, silent > 0 ? 'bad' : '')}
    ${tile(
      t.tiles.held,
      held.reduce((sum, state) => sum + count(state), 0),
      held.map((state) => `${t.activity[state]} ${count(state)}`).join(' · ') || t.tiles.noneHeld,
      held.length > 0 ? 'open' : '',
    )}
  </div>`;
}

/** What changes from one look to the next. */
function content(state: FleetState, view: View): Markup {
  const { t, takesOrders } = view;
  const { benches, jobs, providers, verdicts } = state;
  const empty = (text: string): Markup => html`<p class="card empty">${text}</p>`;
  const orderColumn = takesOrders && html`<th scope="col" class="last">${t.columns.order}</th>`;
  return html`<div id="fleet" data-stale="${t.stale}">
    <p class="as-of" role="status">${t.asOf(new Date(state.nowMs).toISOString().slice(11, 19))} UTC</p>
    ${tiles(state, view)}
    <h2>${t.jobs}</h2>
    ${
      jobs.length === 0
        ? empty(t.noJobs)
        : html`<section class="card" aria-label="${t.jobs}">
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t.columns.job}</th>
                    <th scope="col" class="state">${t.columns.priority}</th>
                    <th scope="col">${t.columns.firmware}</th>
                    <th scope="col">${t.columns.progress}</th>
                    ${orderColumn}
                  </tr>
                </thead>
                <tbody>
                  ${jobs.map((job) => jobRow(job, view))}
                </tbody>
              </table>
            </div>
          </section>`
    }
    ${
      providers.length > 0 &&
      html`<h2>${t.providers}</h2>
        <section class="card" aria-label="${t.providers}">
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">${t.columns.provider}</th>
                  <th scope="col" class="num">${t.columns.atOnce}</th>
                  <th scope="col" class="num">${t.columns.perMinute}</th>
                  <th scope="col" class="num">${t.columns.spent}</th>
                  <th scope="col" class="num">${t.columns.price}</th>
                </tr>
              </thead>
              <tbody>
                ${providers.map((provider) => providerRow(provider, t))}
              </tbody>
            </table>
          </div>
        </section>`
    }
    <h2>${t.benches}</h2>
    ${benches.length === 0 ? empty(t.noBenches) : benches.map((bench) => benchCard(bench, view))}
    <h2>${t.verdicts}</h2>
    ${
      verdicts.length === 0
        ? empty(t.noVerdicts)
        : html`<section class="card" aria-label="${t.verdicts}">
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t.columns.verdict}</th>
                    <th scope="col">${t.columns.job}</th>
                    <th scope="col">${t.columns.firmware}</th>
                    <th scope="col" class="num">${t.columns.turns}</th>
                    <th scope="col">${t.columns.when}</th>
                    <th scope="col">${t.columns.report}</th>
                    ${orderColumn}
                  </tr>
                </thead>
                <tbody>
                  ${verdicts.map((verdict) => verdictRow(verdict, view))}
                </tbody>
              </table>
            </div>
          </section>`
    }
  </div>`;
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'%3E%3Cg fill='none' stroke='%237c8a9e' stroke-width='1.8'%3E%3Ccircle cx='10' cy='10' r='8.6'/%3E%3Ccircle cx='10' cy='10' r='5.2'/%3E%3C/g%3E%3Ccircle cx='10' cy='10' r='2.4' fill='%237c8a9e'/%3E%3C/svg%3E";

/** The page at `/`: complete without its script, which only refreshes it and keeps the token that was typed. */
export function renderFleetPage(state: FleetState, options: PageOptions): string {
  const t = words[options.language];
  const view: View = { ...options, t, nowMs: state.nowMs };
  const { notice, takesOrders } = options;
  const other = options.language === 'en' ? 'zh' : 'en';
  return html`<!doctype html>
    <html lang="${t.lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${t.title} · Earshot</title>
        <link rel="icon" href="${trusted(icon)}" />
        <link rel="stylesheet" href="style.css" />
        <noscript><meta http-equiv="refresh" content="15" /></noscript>
        <script defer src="script.js"></script>
      </head>
      <body>
        <header class="page-head">
          <h1 class="brand"><span class="logo" aria-hidden="true"></span>Earshot <span>${t.title}</span></h1>
          <nav>
            <a href="queues/">${t.queues}</a><a href="api/state">JSON</a
            ><a href="?lang=${other}" lang="${words[other].lang}">${t.otherLanguage}</a>
          </nav>
        </header>
        <main>
          ${notice !== undefined && html`<p class="notice${notice.isBad ? ' bad' : ''}" role="alert">${notice.text}</p>`}
          ${
            takesOrders
              ? html`<form id="orders" method="post" action="orders?lang=${options.language}">
                  <label
                    >${t.token} <input type="password" name="token" autocomplete="current-password" required
                  /></label>
                  <label
                    >${t.reason} <input type="text" name="reason" maxlength="500" autocomplete="off"
                  /></label>
                </form>`
              : html`<p class="muted read-only">${t.readOnly}</p>`
          }
          ${content(state, view)}
        </main>
      </body>
    </html>`.text;
}
