import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import type { Clock } from '../../ports';
import { script, style } from './assets';
import { readFleetState, SharedState, type FleetSources } from './fleet-state';
import { carryOut, fleetOrder, type Ordered } from './orders';
import { renderFleetPage } from './page';
import type { QueuePages } from './queue-pages';
import { reportLink } from './report-links';
import { isToken } from './token';
import { words, type PageLanguage } from './words';

export interface DashboardOptions extends FleetSources {
  readonly clock: Clock;
  /** Mounted at `/queues`. Absent: the queues are not shown. */
  readonly queues?: Pick<QueuePages, 'app' | 'refresh'>;
  /** What orders have to bring. Absent: none are taken. */
  readonly token?: string;
  /** Folder of runs whose reports are shown at `/reports`. Absent: none are. */
  readonly reports?: string;
  /** Whether only this machine is listened to: then nobody who calls it by another name is. */
  readonly isLoopback: boolean;
}

/** For so long a state is fresh enough for the next who asks. */
const FRESH_MS = 1_000;
/** New queues are looked for so often. */
const QUEUES_MS = 10_000;
/** Many times what an order has. */
const MOST_ORDER_BYTES = 16_384;

const LOOPBACK_NAMES = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

const own =
  "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** bull-board sets styles of its own, and would fetch fonts from elsewhere. */
const ofBoard =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; frame-ancestors 'none'";
/** A report is a page of another origin: it holds what boards printed, and the token is not for it. */
const ofReport = 'sandbox allow-scripts allow-popups';

/** The dashboard as a function of requests. */
export function dashboardApp(options: DashboardOptions): Hono {
  const { clock, token, queues, reports } = options;
  const state = new SharedState(
    () => readFleetState(options),
    () => clock.nowMs(),
    FRESH_MS,
  );
  // With and without a slash at the end.
  const app = new Hono({ strict: false });
  app.use(guards(options.isLoopback));

  app.get('/', async (context) => {
    const language = languageOf(context);
    const notice = noticeOf(context, language);
    const page = renderFleetPage(await state.get(), {
      language,
      takesOrders: token !== undefined,
      linkOf: ({ report }) => reportLink(report, reports),
      ...(notice === undefined ? {} : { notice }),
    });
    return context.html(page);
  });
  app.get('/api/state', async (context) => context.json(await state.get()));
  app.get('/style.css', (context) => context.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/script.js', (context) =>
    context.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.post('/orders', async (context) => {
    const response = await takeOrder(context, options);
    state.forget();
    return response;
  });

  if (reports !== undefined)
    app.get(
      '/reports/*',
      serveStatic({ root: reports, rewriteRequestPath: (path) => path.slice('/reports'.length) }),
    );
  if (queues !== undefined) {
    let lookedAtMs = -Infinity;
    app.use('/queues/*', async (_, next) => {
      if (clock.nowMs() - lookedAtMs >= QUEUES_MS) {
        lookedAtMs = clock.nowMs();
        await queues.refresh();
      }
      await next();
    });
    app.route('/queues', queues.app);
  }
  return app;
}

/** Headers for all, and no ear for who came by another name or from another page. */
const guards =
  (isLoopback: boolean): MiddlewareHandler =>
  async (context, next) => {
    const host = context.req.header('host') ?? '';
    // A name of somebody else's that leads to this machine would let their page read ours.
    if (isLoopback && !LOOPBACK_NAMES.test(host))
      return context.text(`This dashboard is for this machine only, not for ${host.slice(0, 100)}.\n`, 421);
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    const isForeign =
      (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) ||
      (site !== undefined && !['same-origin', 'none'].includes(site));
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      if (isForeign) return context.text('Orders are taken from this page only.\n', 403);
      if (!context.req.path.startsWith('/orders')) return context.text('This is read-only.\n', 403);
    }
    await next();
    const { path } = context.req;
    const policy = path.startsWith('/queues') ? ofBoard : path.startsWith('/reports/') ? ofReport : own;
    context.header('content-security-policy', policy);
    context.header('x-content-type-options', 'nosniff');
    // Without any a browser does not say where a form comes from.
    context.header('referrer-policy', 'same-origin');
    if (!path.startsWith('/queues/static/')) context.header('cache-control', 'no-store');
    return undefined;
  };

function languageOf(context: Context): PageLanguage {
  const wanted = context.req.query('lang') ?? context.req.header('accept-language') ?? '';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** What came of an order, as the redirect after it says. */
function noticeOf(
  context: Context,
  language: PageLanguage,
): { readonly text: string; readonly isBad: boolean } | undefined {
  const t = words[language];
  const { did, why, what = '' } = context.req.query();
  const isIn = <T extends object>(key: string | undefined, table: T): key is keyof T & string =>
    key !== undefined && Object.hasOwn(table, key);
  if (isIn(did, t.order)) return { text: t.done(`${t.order[did]} ${what}`), isBad: false };
  return isIn(why, t.refused) ? { text: t.refused[why](what), isBad: true } : undefined;
}

type Answer = Ordered | { readonly ok: false; readonly why: 'token' | 'order'; readonly what: string };

const statusOf = (answer: Answer): 200 | 400 | 401 | 403 | 404 | 409 => {
  if (answer.ok) return 200;
  if (answer.why === 'token') return 401;
  if (answer.why === 'order') return 400;
  if (answer.why === 'not-allowed') return 403;
  return answer.why.startsWith('unknown') ? 404 : 409;
};

/** Takes an order as a form of the page, or as JSON with the token as a bearer's. No cookie: another page cannot order for a person. */
async function takeOrder(context: Context, options: DashboardOptions): Promise<Response> {
  const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)/.test(
    context.req.header('content-type') ?? '',
  );
  const answer = await answerTo(context, isForm, options);
  if (!isForm) return context.json(answer, statusOf(answer));
  const lang = languageOf(context);
  const told = answer.ok
    ? { did: answer.order, what: answer.jobId ?? answer.what }
    : { why: answer.why, what: answer.what };
  return context.redirect(`/?${new URLSearchParams({ lang, ...told }).toString()}`, 303);
}

async function answerTo(context: Context, isForm: boolean, options: DashboardOptions): Promise<Answer> {
  const refused = (why: 'token' | 'order'): Answer => ({ ok: false, why, what: '' });
  if (Number(context.req.header('content-length') ?? Infinity) > MOST_ORDER_BYTES) return refused('order');
  const text = await context.req.text();
  const form = isForm ? new URLSearchParams(text) : undefined;
  const given = form?.get('token') ?? /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (options.token === undefined || !isToken(given, options.token)) return refused('token');
  const read = fleetOrder.safeParse(orderOf(text, form));
  return read.success ? carryOut(read.data, options) : refused('order');
}

/** Undefined: it is no JSON. */
function orderOf(text: string, form: URLSearchParams | undefined): unknown {
  try {
    const order = JSON.parse(form?.get('order') ?? text) as unknown;
    const reason = form?.get('reason')?.trim();
    const takesReason = typeof order === 'object' && order !== null && 'bench' in order;
    return takesReason && reason ? { ...order, reason } : order;
  } catch {
    return undefined;
  }
}
