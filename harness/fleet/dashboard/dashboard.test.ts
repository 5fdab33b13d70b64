/** The dashboard as a function of requests, and as a browser has it over a real Redis: one launch, since that is what costs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { systemClock } from '../../ports';
import {
  InProcessQueue,
  InProcessRoll,
  InProcessVerdicts,
  type BenchOrder,
  type BenchReport,
  type JobOrder,
} from '..';
import { hasRedis, RedisServer } from '../__fixtures__/redis-server';
import { BullMqQueue, RedisRoll, RedisVerdicts } from '../bullmq';
import { dashboardApp, serveDashboard, type FleetState, type ServedDashboard } from '.';

const chromiumPath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));
const token = 'the-token-of-this-test';
const hostile = '<img src=x onerror="window.harmed=1"> & "quotes"';

const board = { model: 'ESP32-S3-Korvo-2', dialect: 'openai-demo', sinceMs: 1 } as const;
const bench: BenchReport = {
  bench: 'room-1',
  host: 'lab-1',
  version: '0.1.0',
  boards: [
    { ...board, name: 'a', state: 'playing', jobId: 'job-7', piece: 'job-7/3' },
    { ...board, name: 'b', state: 'quarantined', reason: hostile },
    { ...board, name: 'c', state: 'idle' },
  ],
};
const needs = { boardModel: board.model, rig: 'alsa', language: 'en', provider: 'mock' };
const order = (priority: JobOrder['priority']): JobOrder => ({
  priority,
  firmwareSha256: 'fe'.repeat(32),
  pieces: [1, 2, 3].map(() => ({ needs, suites: ['boot'], expectedMs: 1_000 })),
});
const seat = {
  board: 'room-1/c',
  bench: 'room-1',
  offer: { boardModel: board.model, rig: 'alsa', languages: ['en'], providers: ['mock'] },
};
const verdict = (jobId: string, outcome: string, report?: string) => ({
  ...{ jobId, outcome, firmwareSha256: 'fe'.repeat(32), exitCode: 0, atMs: 1, turns: 24 },
  ...(report === undefined ? {} : { report }),
});

describe('the dashboard', () => {
  const heard: BenchOrder[] = [];
  const sources = {
    queue: new InProcessQueue({ clock: systemClock }),
    roll: new InProcessRoll(systemClock),
    verdicts: new InProcessVerdicts(),
  };
  const app = dashboardApp({ ...sources, clock: systemClock, token, isLoopback: true });
  const quiet = dashboardApp({ ...sources, clock: systemClock, isLoopback: true });
  const local = { host: '127.0.0.1:8090' };
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}, of = app) => {
    const text = JSON.stringify(body);
    return of.request('/orders', {
      method: 'POST',
      body: text,
      headers: {
        ...local,
        'content-length': String(text.length),
        authorization: `Bearer ${token}`,
        ...headers,
      },
    });
  };
  const drain = { order: 'drain', bench: 'room-1' };

  beforeAll(async () => {
    await sources.roll.announce(bench);
    await sources.roll.onOrder('room-1', (one) => heard.push(one));
  });
  beforeEach(() => heard.splice(0));
  afterAll(async () => {
    for (const one of Object.values(sources)) await one.close();
  });

  it('gives its state to programs', async () => {
    await sources.queue.submit(order('nightly'));
    const jobId = await sources.queue.submit(order('gate'));
    await sources.queue.claim(seat);
    const state = (await (await app.request('/api/state', { headers: local })).json()) as FleetState;
    expect(state).toMatchObject({
      schema: 'earshot/fleet-state@1',
      jobs: [{ jobId, priority: 'gate', running: 1, models: [board.model] }, { priority: 'nightly' }],
      waiting: { gate: 2, 'pull-request': 0, nightly: 3 },
      benches: [bench],
    });
  });

  it('says which provider a job waits for, to programs and people', async () => {
    const queue = new InProcessQueue({ clock: systemClock });
    const provider = 'live:openai-realtime';
    await queue.limit(provider, { centsPerDay: 10, centsPerTurn: 3 });
    const dear = { needs: { ...needs, provider }, suites: ['boot'], expectedMs: 1, costCents: 6 };
    await queue.submit({ ...order('gate'), pieces: [dear, dear] });
    await queue.claim({ ...seat, offer: { ...seat.offer, providers: [provider] } });
    const of = dashboardApp({ ...sources, queue, clock: systemClock, isLoopback: true });
    const state = (await (await of.request('/api/state', { headers: local })).json()) as FleetState;
    expect(state.providers).toMatchObject([{ provider, running: 1, spentToday: 6 }]);
    expect(state.jobs).toMatchObject([{ held: { provider, by: 'per-day', used: 6, limit: 10 } }]);
    const page = async (lang: string): Promise<string> =>
      (await of.request(`/?lang=${lang}`, { headers: local })).text();
    expect(await page('en')).toContain(`waits: ${provider} has spent 6 of 10 cents today (UTC)`);
    expect(await page('zh')).toContain('今日（UTC）已花费 6 美分，上限 10');
    await queue.close();
  });

  it('passes orders on to benches and the queue, and says what it does not know', async () => {
    expect((await post({ ...drain, board: 'a', reason: 'rattles' })).status).toBe(200);
    expect(heard).toEqual([{ kind: 'drain', bench: 'room-1', board: 'a', reason: 'rattles' }]);
    const jobId = await sources.queue.submit({ ...order('pull-request'), firmwareSha256: 'aa' });
    expect((await post({ order: 'retry', job: jobId })).status).toBe(409);
    expect((await post({ order: 'cancel', job: jobId })).status).toBe(200);
    const again = (await (await post({ order: 'retry', job: jobId })).json()) as { jobId: string };
    const playedAgain = (await sources.queue.job(again.jobId))?.order;
    expect(playedAgain?.pieces).toHaveLength(3);
    expect(playedAgain?.continues).toBe(jobId);
    for (const unknown of [
      { ...drain, bench: 'x' },
      { ...drain, board: 'z' },
      { order: 'cancel', job: 'x' },
    ])
      expect((await post(unknown)).status).toBe(404);
    for (const wrong of [
      { order: 'flush', bench: 'room-1' },
      { order: 'drain' },
      'drain',
      { ...drain, more: 1 },
    ])
      expect((await post(wrong)).status).toBe(400);
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['no token', { authorization: '' }, 401],
    ['another token', { authorization: `Bearer ${token}x` }, 401],
    ['the token from another page', { origin: 'https://evil.example' }, 403],
    ['the token from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['the token by a name that leads here', { host: 'rebound.example' }, 421],
    ['too much with it', { 'content-length': '20000' }, 400],
  ])('takes no order with %s', async (_, headers, status) => {
    expect((await post(drain, headers)).status).toBe(status);
    expect(heard).toEqual([]);
  });

  it('takes none at all without a token of its own, and shows no buttons then', async () => {
    expect((await post(drain, {}, quiet)).status).toBe(401);
    expect((await post(drain, { authorization: 'Bearer undefined' }, quiet)).status).toBe(401);
    const page = await (await quiet.request('/', { headers: local })).text();
    expect(page).not.toContain('<button');
    expect(page).toContain('Read-only');
    expect(heard).toEqual([]);
  });

  it.each([
    ['0.0.0.0', undefined, /--token-env/],
    ['127.0.0.1', 'guess-me', /8 characters; expected at least 16/],
  ])('is not served on %s with the token %s', async (host, given, message) => {
    const redis = { host: '127.0.0.1', port: 1 };
    const options = { redis, prefix: 'x', host, port: 0, clock: systemClock, onTrouble: () => undefined };
    await expect(serveDashboard({ ...options, ...(given && { token: given }) })).rejects.toThrow(message);
  });
});

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

const missing = [chromiumPath ?? 'chromium', hasRedis || 'redis-server'].filter(
  (one) => one === 'chromium' || one === 'redis-server',
);
const named = missing.length === 0 ? '' : ` (skipped without: apt-get install ${missing.join(' ')})`;

(missing.length === 0 ? describe : describe.skip)(`the dashboard in a browser${named}`, () => {
  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  let server: RedisServer;
  let folder: string;
  let dashboard: ServedDashboard;
  let browser: Browser;
  let queue: BullMqQueue;
  let roll: RedisRoll;
  let verdicts: RedisVerdicts;
  let gate: string;
  const onTrouble = (): void => undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-dashboard-'));
    mkdirSync(join(folder, 'run 1'));
    const report = join(folder, 'run 1/report.html');
    writeFileSync(
      report,
      '<title>of run 1</title><script>try { sessionStorage.length; document.title = "not sandboxed" } catch { document.title += ", alone" }</script>',
    );
    server = await RedisServer.start();
    const redis = { redis: server.address, onTrouble };
    queue = await BullMqQueue.open(redis);
    roll = await RedisRoll.open(redis);
    verdicts = await RedisVerdicts.open(redis);
    gate = await queue.submit(order('gate'));
    await queue.claim(seat);
    await roll.announce({ ...bench, boards: bench.boards.map((one) => ({ ...one, sinceMs: Date.now() })) });
    await verdicts.record(verdict('job-8', 'fail', pathToFileURL(report).href));
    await verdicts.record(verdict('job-9', 'not-judged', 'javascript:window.harmed=1'));
    dashboard = await serveDashboard({
      ...{ ...redis, prefix: 'earshot', host: '127.0.0.1', port: 0 },
      ...{ token, reports: folder, clock: systemClock },
    });
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await dashboard.close();
    for (const one of [verdicts, roll, queue, server]) await one.close();
    rmSync(folder, { recursive: true });
  });

  async function open(path: string, colorScheme: 'light' | 'dark' = 'light') {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    const elsewhere: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (!response.url().startsWith(dashboard.url) && !response.url().startsWith('data:'))
        elsewhere.push(response.url());
    });
    await page.goto(new URL(path, dashboard.url).href);
    return { context, page, complaints, elsewhere };
  }
  const refreshed = (page: Page): Promise<unknown> =>
    page.evaluate(`new Promise((done) => {
      new MutationObserver(done).observe(document.querySelector('main'), { childList: true });
      document.dispatchEvent(new Event('visibilitychange'));
    })`);

  it('shows who plays what and takes orders with the token, without harm from what boards say', async () => {
    const { context, page, complaints, elsewhere } = await open('/');
    const rows = page.locator('section[aria-label="room-1"] tbody tr');
    // What was there before an order was given says nothing of it.
    const told = (text: string): Promise<void> =>
      page.locator('[role=alert]', { hasText: text }).waitFor({ timeout: 20_000 });
    expect(await rows.nth(0).innerText()).toMatch(/playing.*job-7\/3/s);
    expect(await rows.nth(1).locator('.reason').innerText()).toBe(hostile);
    expect(await page.locator('.tile').nth(1).innerText()).toMatch(/2.*gate 2 · pull request 0 · nightly 0/s);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);

    await page.fill('input[name=token]', 'a-token-that-is-wrong');
    await page.click('button[aria-label="Release: room-1/b"]');
    await told('token is missing or wrong');

    const heard = new Promise((resolve) => void roll.onOrder('room-1', resolve));
    await page.fill('input[name=token]', token);
    await page.fill('input[name=reason]', 'glued its antenna');
    await page.click('button[aria-label="Release: room-1/b"]');
    await told('Ordered: Release room-1/b.');
    expect(await heard).toEqual({
      kind: 'release',
      bench: 'room-1',
      board: 'b',
      reason: 'glued its antenna',
    });

    // The tab still has the token, the address bar nothing, and the page follows without being loaded again.
    expect(new URL(page.url()).search).toBe('?lang=en');
    await page.click(`button[aria-label="Cancel: ${gate}"]`);
    await told('Ordered: Cancel');
    expect((await queue.job(gate))?.outcome.isCancelled).toBe(true);
    await roll.announce({ ...bench, boards: [{ ...bench.boards[2]!, name: 'fresh' }] });
    while (!(await rows.first().innerText()).includes('fresh')) await refreshed(page);
    expect(await rows.count()).toBe(1);

    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect([...complaints, ...elsewhere]).toEqual([]);
    await page.click('a[aria-label="report: job-8"]');
    // Whoever asks while the page is being loaded is told the title of the one before, or none.
    await page.waitForFunction("document.title === 'of run 1, alone'");
    await context.close();
  });

  it('shows the queues, which nobody changes there, and asks nobody else for anything', async () => {
    const { context, page, elsewhere } = await open('/queues/');
    await page.getByText('esp32-s3-korvo-2/alsa/en/mock').first().waitFor();
    const changed = await page.evaluate<number>(
      `fetch('/queues/api/queues/pause', { method: 'PUT' }).then(({ status }) => status)`,
    );
    expect(changed).toBe(403);
    expect(elsewhere).toEqual([]);
    await context.close();
  });

  it.each([
    ['en', 'light'],
    ['zh', 'dark'],
  ] as const)('can be read by everybody: %s, %s', async (language, scheme) => {
    const { context, page } = await open(`/?lang=${language}`, scheme);
    await page.evaluate(axe);
    const { found, checked } = await page.evaluate<{ found: readonly Violation[]; checked: number }>(
      'axe.run(document).then(({ violations, passes }) => ({ found: violations, checked: passes.length }))',
    );
    expect(checked).toBeGreaterThan(15);
    expect(
      found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`),
    ).toEqual([]);
    await context.close();
  });
});
