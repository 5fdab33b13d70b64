/** What is published, and what Allure makes of a run, as a browser has them: one launch for all, since that is what costs. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { writeWav } from '../audio';
import { isSoundTurn } from '../measurement';
import { readRun } from '../run';
import { generateAllure, type AllureReport } from './allure/generate-allure';
import { publishCommand } from './commands/history';
import { renderFinished } from './finish-run';

const fixtures = resolve(__dirname, '../../fixtures/runs');
const chromiumPath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

/** What a firmware may call itself. */
const hostile = '</title><img src="https://example.com/x" onerror="alert(1)">';

/** An example run under another name and firmware. */
function example(folder: string, name: string, version?: string): string {
  const path = join(folder, name);
  cpSync(join(fixtures, name), path, { recursive: true });
  const file = join(path, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as { boards: { firmware: { version: string } }[] };
  if (version !== undefined) {
    for (const board of record.boards) board.firmware.version = version;
    writeFileSync(file, JSON.stringify(record));
  }
  renderFinished(path);
  return path;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Gives the sample what a run has beside: a recording of one turn, and a live result of the test that played it. */
function withLiveResult(path: string): {
  readonly turnId: string;
  readonly test: string;
  readonly historyId: string;
} {
  const { turns, tests, record } = readRun(path);
  const test = tests.find(({ status, turnIds }) => status === 'failed' && turnIds.length > 0)!;
  const turn = turns.filter(isSoundTurn).find((one) => one.record.turnId === test.turnIds[0])!.record;
  const { path: recording, rateHz } = turn.capture!;
  mkdirSync(join(path, recording, '..'), { recursive: true });
  const tone = Float32Array.from({ length: rateHz / 2 }, (_, n) => 0.3 * Math.sin((n * 2764) / rateHz));
  writeFileSync(join(path, recording), writeWav({ channels: [tone, tone], rateHz }));
  const results = join(path, 'allure-results');
  mkdirSync(results, { recursive: true });
  cpSync(join(path, recording), join(results, 'r-attachment.wav'));
  const wav = { name: 'recording', source: 'r-attachment.wav', type: 'audio/wav' };
  const at = Date.parse(record.startedAt);
  const result = {
    uuid: '00cb8d1d-57a5-4795-a8b9-0b0a6c392d9c',
    name: test.name.at(-1),
    fullName: 'suite.hil.ts#failed',
    testCaseId: 'the-failed-one',
    titlePath: ['suite.hil.ts', ...test.name.slice(0, -1)],
    status: 'failed',
    statusDetails: { message: 'The board did nothing. <img src=x onerror=alert(1)>' },
    stage: 'finished',
    labels: [{ name: 'parentSuite', value: 'function calls' }],
    steps: [
      {
        name: `turn ${turn.turnId}`,
        status: 'passed',
        parameters: [{ name: 'turn', value: turn.turnId }],
        steps: [{ name: 'recording', attachments: [wav] }],
      },
    ],
    start: at,
    stop: at + 1000,
  };
  writeFileSync(join(results, `${result.uuid}-result.json`), JSON.stringify(result));
  const telling = `board:${record.boards[0]!.name},provider:${record.provider.name}`;
  return {
    turnId: turn.turnId,
    test: test.name.at(-1)!,
    historyId: `${md5('the-failed-one')}.${md5(telling)}`,
  };
}

(chromiumPath === undefined ? describe.skip : describe)('in a browser', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let asked: string[];
  let report: AllureReport;
  let live: ReturnType<typeof withLiveResult>;
  let history: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-pages-'));
    const runs = join(folder, 'runs');
    const sample = example(runs, 'sample');
    live = withLiveResult(sample);
    history = join(folder, 'history.jsonl');
    const item = {
      name: live.test,
      historyId: live.historyId,
      status: 'passed',
      start: 1,
      stop: 2,
      labels: [],
    };
    const earlier = { ...{ uuid: 'u', name: 'the run before', knownTestCaseIds: [], metrics: {}, url: '' } };
    const point = {
      ...earlier,
      earshotRun: 'before',
      timestamp: 1,
      testResults: { [live.historyId]: { id: 'x', ...item } },
    };
    writeFileSync(history, `${JSON.stringify(point)}\n`);
    report = generateAllure(renderFinished(sample).run, history);
    jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    example(runs, 'gate-pass');
    example(runs, 'gate-slower');
    example(runs, 'gate-undecided', hostile);
    publishCommand({ folder: runs, out: join(folder, 'site'), captures: true, json: false });
    jest.restoreAllMocks();
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
  }, 60_000);
  beforeEach(async () => {
    complaints = [];
    asked = [];
    page = await browser.newPage();
    page.setDefaultTimeout(12_000);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) asked.push(request.url());
    });
  });
  afterEach(async () => {
    await page.close();
    expect({ complaints, asked }).toEqual({ complaints: [], asked: [] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (path: string) => page.goto(pathToFileURL(path).href);

  it('has a site of three releases with their trend, and every link of it opens', async () => {
    const index = join(folder, 'site/index.html');
    await open(index);
    expect(await page.locator('#trend-1 .release').count()).toBe(3);
    expect(await page.locator('#trend-1 .p50 .interval').count()).toBeGreaterThanOrEqual(2);
    const links = await page.evaluate<string[]>(
      '[...document.querySelectorAll("a")].map(({ href }) => href)',
    );
    const pages = links.filter((link) => !link.includes('#'));
    expect(pages).toHaveLength(5);
    for (const link of pages) {
      await page.goto(link);
      expect(await page.title()).toMatch(/earshot|sample/);
    }
  });

  it('shows the hostile name of a release as text', async () => {
    await open(join(folder, 'site/index.html'));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('td', { hasText: 'onerror=' }).count()).toBeGreaterThan(0);
  });

  it('fits a telephone, with the newest release in sight', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await open(join(folder, 'site/index.html'));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const newest = await page.locator('#trend-1 .release .p50').last().boundingBox();
    expect(newest!.x).toBeGreaterThan(0);
    expect(newest!.x + newest!.width).toBeLessThan(390);
  });

  it('has a badge that is an SVG', async () => {
    await open(join(folder, 'site/badge.svg'));
    expect(await page.evaluate('document.documentElement.namespaceURI')).toBe('http://www.w3.org/2000/svg');
    expect(await page.locator('parsererror').count()).toBe(0);
    expect(await page.locator('title').textContent()).toMatch(/^voice-to-voice: \d+ ms · /);
  });

  it("has Allure's report with labels, who is at fault, the turn's page and what went before", async () => {
    expect(report.isOneFile).toBe(true);
    // Declared ahead of the program: Allure's next version may write what that goes by in other words.
    expect(readFileSync(report.page, 'utf8')).toMatch(
      /<head[^>]*><meta[^>]*><script>window\.allureReportData = /,
    );
    await open(report.page);
    const shown = (text: string, exact = false) =>
      page.getByText(text, { exact }).filter({ visible: true }).first();
    await shown(live.test).click();
    await shown('Category: Board: the firmware failed').waitFor();
    await shown('atom-s3r', true).waitFor();
    await shown(`turn ${live.turnId}`).click();
    await shown(`${live.turnId} plot, sound and logs`).waitFor();
    expect(await page.evaluate('document.body.innerText')).toMatch(/\nHistory\n1\n/);
    const runs = readFileSync(history, 'utf8').trim().split('\n');
    expect(runs.map((line) => (JSON.parse(line) as { earshotRun: string }).earshotRun)).toEqual([
      'before',
      'sample',
    ]);
    expect(Object.keys((JSON.parse(runs[1]!) as { testResults: object }).testResults)).toEqual([
      live.historyId,
    ]);
  });

  it('plays the sound of a turn', async () => {
    await open(report.page);
    const turn = await page.evaluate<string>(
      'atob(Object.entries(allureReportData).find(([name]) => name.endsWith(".html"))[1])',
    );
    await page.goto('about:blank');
    await page.setContent(Buffer.from(turn, 'latin1').toString('utf8'));
    const durationS = await page.evaluate<number>(`(async () => {
      const player = document.querySelector('audio');
      const ended = new Promise((done) => player.addEventListener('ended', done));
      await player.play();
      await ended;
      return player.duration;
    })()`);
    expect(durationS).toBeCloseTo(0.5, 2);
  });
});
