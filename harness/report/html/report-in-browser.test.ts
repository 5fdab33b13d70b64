/** The report as a browser has it, in both languages and schemes: one launch for all, since that is what costs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { listeningCopy, writeWav, type MultiChannelClip } from '../../audio';
import { isSoundTurn } from '../../measurement';
import { readRun, type FinishedRun } from '../../run';
import { judgeRun } from '../../verdict';
import { shownTurns } from '../judged-turn';
import { renderHtml } from './render-html';
import { summariseSound } from './turn-sound';

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const sample = readRun(join(__dirname, '../../../fixtures/runs/sample'));
const spoken = sample.turns.filter(isSoundTurn);

/** What a board may print: markup, an end of the script, terminal codes, text that turns others around, and lines without end. */
const hostile = [
  '<script>window.harmed = true</script></pre></details></script>',
  '<img src="https://example.com/x" onerror="window.harmed = true">',
  '"><svg onload="window.harmed = true">',
  '\u001b[2J\u001b]0;title\u0007\u009b31m red',
  '\u202egnihtyreve snrut\u2066 שלום עולם مرحبا',
  'x'.repeat(200_000),
  "';--<!--turns--></style><style>*{display:none}</style>",
];

/** A second of a tone on both channels, where the turn's own capture was longer. */
const clipOf = (rateHz: number, lengthSamples: number): MultiChannelClip => {
  const tone = Float32Array.from({ length: lengthSamples }, (_, n) => 0.2 * Math.sin((n * 2_764) / rateHz));
  return { channels: [tone, tone], rateHz };
};

const baselineArm = Array.from({ length: 60 }, (_, index) => ({
  ...{ valueMs: 560 + ((index * 37) % 90), session: String(index >> 3), stratum: 'en-light-on-a' },
}));
const heapEvents = [3, 40, 80].map((seconds, index) => ({
  ...{ seq: 1_000 + index, kind: 'board', hostAtMs: sample.record.startedAtHostMs + seconds * 1000 },
  data: {
    ...{ type: 'heap', hostAtMs: sample.record.startedAtHostMs + seconds * 1000 },
    ...{
      internalBytes: 140_000 - index * 9_000,
      leastInternalBytes: 120_000 - index * 9_000,
      psramBytes: 7_900_000,
    },
  },
}));
const turns = spoken.map((turn, index) => {
  if (index > 0) return turn;
  const [line] = turn.record.consoleLines;
  const consoleLines = hostile.map((text) => ({ ...line!, text }));
  const prompt = { ...turn.record.prompt, transcript: hostile[1]! };
  return { ...turn, record: { ...turn.record, consoleLines, prompt } };
});
const verdict = judgeRun({
  turns,
  findings: sample.findings.map((finding, index) =>
    index === 0 ? { ...finding, message: hostile[2]! } : finding,
  ),
  budgets: { path: 'b.yaml', successRate: 0.9, measures: { voiceToVoice: { p50: 800, p95: 1_200 } } },
  reference: {
    title: 'the baseline korvo of 2026-11-21 (v1)',
    marginMs: 30,
    arms: { voiceToVoice: baselineArm },
  },
  interrupted: false,
});
const run: FinishedRun = { ...sample, turns, verdict, events: [...sample.events, ...heapEvents] };
/** One turn of each outcome and two more: the check of accessibility looks at every element of a page. */
const outcomes = new Map(verdict.turns.map(({ turnId, outcome }) => [outcome, turnId]));
const few = turns.filter(({ record }, index) => index < 2 || [...outcomes.values()].includes(record.turnId));
const first = shownTurns(run).find(isSoundTurn)!;
const { path: embeddedPath, rateHz, lengthSamples } = first.record.capture!;
const linkedPath = turns[1]!.record.capture!.path;

/** Opens the page of a run and says what it complained about and what it asked for. */
async function open(browser: Browser, file: string, colorScheme: 'light' | 'dark') {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`${pathToFileURL(file).href}#${first.record.turnId}`);
  return { context, page, complaints, requests };
}

/** Length of a turn's first recording in seconds, once it has played for a while. As text, as all that runs in the page: there is no DOM here. */
const plays = (page: Page, turnId: string): Promise<number> =>
  page.evaluate<number>(`(async () => {
    const audio = document.getElementById(${JSON.stringify(turnId)}).querySelector('audio');
    const moved = new Promise((done) =>
      audio.addEventListener('timeupdate', () => { if (audio.currentTime > 0) done(); }));
    await audio.play();
    await moved;
    audio.pause();
    return audio.duration;
  })()`);

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What the accessibility check holds against the page that matters. The page's own policy keeps it from being a script of the page. */
async function violations(page: Page, axe: string): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { found, checked } = await page.evaluate<{ found: readonly Violation[]; checked: number }>(
    'axe.run(document).then(({ violations, passes }) => ({ found: violations, checked: passes.length }))',
  );
  // A check that found nothing to check would hold of any page.
  expect(checked).toBeGreaterThan(20);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`)
          .slice(0, 3)
          .join(' | ')}`,
    );
}

// Skipped where no Chromium is installed: `apt-get install chromium`.
(chromiumPath === undefined ? describe.skip : describe)('the report in a browser', () => {
  let folder: string;
  let browser: Browser;
  const fileOf = (name: string): string => join(folder, `${name}.html`);
  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-report-'));
    const linked = join(folder, linkedPath);
    mkdirSync(dirname(linked), { recursive: true });
    writeFileSync(linked, writeWav(clipOf(rateHz, rateHz)));
    const copy = listeningCopy(clipOf(rateHz, rateHz));
    const write = (name: string, of: FinishedRun, language: 'en' | 'zh'): void =>
      writeFileSync(
        fileOf(name),
        renderHtml(of, {
          language,
          soundOf: (turn) =>
            turn.record.turnId === first.record.turnId
              ? summariseSound(turn, clipOf(rateHz, lengthSamples))
              : undefined,
          inlineAudio: (path) => (path === embeddedPath ? copy : undefined),
        }),
      );
    write('report', run, 'en');
    write('en', { ...run, turns: few }, 'en');
    write('zh', { ...run, turns: few }, 'zh');
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens the turn of its link, filters, searches, sorts, goes by keys and plays, and harms nobody', async () => {
    const { context, page, complaints, requests } = await open(browser, fileOf('report'), 'light');
    const visible = '[...document.querySelectorAll("details.turn")].filter((row) => !row.hidden)';
    const ids = (): Promise<string[]> => page.evaluate<string[]>(`${visible}.map((row) => row.id)`);
    const { turnId } = first.record;
    expect(await page.locator('details[open]').getAttribute('id')).toBe(turnId);

    // What the board printed is text, line for line, and nothing of it ran.
    const printed = await page.locator(`[id="${turnId}"] pre`).first().locator('bdi').allTextContents();
    expect(printed.map((text) => text.slice(0, 12))).toEqual(
      hostile.map((text) => text.replace(/[\u0000-\u001f]/g, '\ufffd').slice(0, 12)), // eslint-disable-line no-control-regex -- what boards print
    );
    expect(printed[5]).toHaveLength(2_000 + '… 198000 more characters'.length);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);

    // Both of the first turn's spectrograms are pictures that the browser could read.
    const pictures = page.locator(`[id="${turnId}"] image.spectrogram`);
    expect(await pictures.count()).toBe(2);
    const width = await page.evaluate<number>(`(async () => {
      const read = new Image();
      read.src = document.querySelector('image.spectrogram').getAttribute('href');
      await read.decode();
      return read.naturalWidth;
    })()`);
    expect(width).toBeGreaterThan(100);

    // Of both kinds: in the page, and beside it.
    expect(await plays(page, turnId)).toBeCloseTo(1, 1);
    await page.locator(`[id="${turns[1]!.record.turnId}"] > summary`).click();
    expect(await plays(page, turns[1]!.record.turnId)).toBeCloseTo(1, 1);

    await page.click('button[data-filter="not-judged"]');
    const unjudged = verdict.turns
      .filter(({ outcome }) => outcome === 'not-judged')
      .map((turn) => turn.turnId);
    expect(await ids()).toEqual(unjudged);
    expect(await page.locator('output').textContent()).toBe(
      `${unjudged.length} of ${turns.length} turns shown`,
    );
    await page.click('button[data-filter="all"]');
    await page.fill('input[type=search]', 'OpenDoor');
    const doors = await ids();
    expect(doors.length).toBeGreaterThan(1);
    expect(doors.length).toBeLessThan(turns.length);
    await page.fill('input[type=search]', '');

    await page.selectOption('select[data-sort]', 'slowest');
    const latencies = await page.evaluate<string[]>(`${visible}.map((row) => row.dataset.ms)`);
    const numbers = latencies.filter((text) => text !== '').map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers[0]).toBe(1e12);
    await page.selectOption('select[data-sort]', 'played');
    expect(await ids()).toEqual(turns.map(({ record }) => record.turnId));

    await page.locator(`[id="${turns[2]!.record.turnId}"] > summary`).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator(`[id="${turns[3]!.record.turnId}"]`).getAttribute('open')).toBe('');

    // Baseline beside the run, memory, and every mark of the first turn.
    expect(await page.locator('.ecdf.baseline').count()).toBe(2);
    expect(await page.locator('.box').count()).toBe(2);
    expect(await page.locator('.heap .series').count()).toBe(3);
    expect(await page.locator(`[id="${turnId}"] .mark-at`).count()).toBe(first.measurement.marks.length);

    expect(complaints).toEqual([]);
    expect(
      requests.filter((url) => !url.startsWith('data:') && !url.startsWith(pathToFileURL(folder).href)),
    ).toEqual([]);
    await context.close();
  }, 60_000);

  it.each([
    ['en', 'light'],
    ['zh', 'dark'],
  ] as const)(
    'has no serious violation of accessibility: %s, %s',
    async (language, scheme) => {
      const { context, page, complaints } = await open(browser, fileOf(language), scheme);
      expect(await violations(page, axe)).toEqual([]);
      await page.emulateMedia({ colorScheme: scheme === 'light' ? 'dark' : 'light' });
      expect(await violations(page, axe)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
    60_000,
  );
});
