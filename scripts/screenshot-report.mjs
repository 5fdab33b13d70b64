// Takes pictures of what a run is shown as. Dev only; needs a Chromium and fonts for Chinese
// (`apt-get install chromium fonts-noto-cjk`), and `npm run build`.
//
//   node scripts/screenshot-report.mjs RUN_FOLDER --all [--out reports/screenshots]
//
// For a person to look at: the report and its first turn, the gate, the site of all runs beside it and Allure's report, light, dark
// and as wide as a telephone.
//
//   node scripts/screenshot-report.mjs RUN_FOLDER [--out docs/images/report.png] [--turn t0005] [--chromium /usr/bin/chromium]
//
// The picture of the README: without --turn the picture ends below the breakdown chart; with it that turn is open beneath, down to its measures, with
// the cards and turns between left out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const WIDTH = 1280;
const MARGIN = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    out: { type: 'string' },
    turn: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [run] = positionals;
const report = join(resolve(run ?? ''), 'report.html');
if (run === undefined || !existsSync(report)) {
  console.error(
    `There is no ${report}. Usage: node scripts/screenshot-report.mjs RUN_FOLDER [--all | --turn ID]`,
  );
  process.exit(2);
}

/** Ways to look at a page. */
const looks = [
  { suffix: '', width: WIDTH, colorScheme: 'light' },
  { suffix: '-dark', width: WIDTH, colorScheme: 'dark' },
  { suffix: '-phone', width: 390, colorScheme: 'light' },
];

/** Longer pages are cut: nobody looks at a picture of 20 000 lines. */
const MOST_PIXELS = 6000;

/** A page in every look, after what `prepare` does to it. */
async function pictures(browser, folder, name, url, prepare = async () => {}) {
  for (const { suffix, width, colorScheme } of looks) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.goto(url);
    await prepare(page);
    const tall = await page.evaluate('document.documentElement.scrollHeight');
    const clip = { x: 0, y: 0, width, height: Math.min(tall, MOST_PIXELS) };
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`), fullPage: true, clip });
    await page.close();
  }
}

/** What the command prints, as a terminal of 110 columns has it. */
function printed(args) {
  const program = fileURLToPath(new URL('../dist/harness/cli/main.js', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return `$ earshot ${args.join(' ')}\n${stdout}${stderr}`;
}

async function everything(browser, folder) {
  mkdirSync(folder, { recursive: true });
  const opened = (id) => (page) =>
    page.evaluate(`document.querySelector(${JSON.stringify(id)})?.setAttribute('open', '')`);
  await pictures(browser, folder, 'report', pathToFileURL(report).href);
  await pictures(browser, folder, 'report-turn', pathToFileURL(report).href, opened('details.turn'));
  const escaped = printed(['gate', run]).replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const gate = `<!doctype html><meta charset="utf-8"><style>:root{color-scheme:light dark}pre{font:14px monospace;white-space:pre-wrap}</style><pre>${escaped}</pre>`;
  await pictures(browser, folder, 'gate', `data:text/html;base64,${Buffer.from(gate).toString('base64')}`);
  const site = join(folder, 'site');
  printed(['publish', '--reports', dirname(resolve(run)), '--out', site]);
  await pictures(browser, folder, 'site', pathToFileURL(join(site, 'index.html')).href);
  process.stderr.write(printed(['report', run, '--allure']).split('\n').slice(-3).join('\n'));
  const allure = pathToFileURL(join(resolve(run), 'allure-report/index.html')).href;
  // It draws itself after it was loaded.
  const drawn = (page) => page.getByText('Generated').first().waitFor();
  await pictures(browser, folder, 'allure', allure, drawn);
}

const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
try {
  if (values.all) await everything(browser, resolve(values.out ?? 'reports/screenshots'));
  else await pictureOfReadme(browser, values.out ?? 'docs/images/report.png');
} finally {
  await browser.close();
}

async function pictureOfReadme(browser, out) {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, deviceScaleFactor: 1 });
  await page.goto(pathToFileURL(report).href);
  const bottom = await page.evaluate(
    ({ turnId }) => {
      /* global document */
      const cards = [...document.querySelectorAll('section.card')];
      const chart = cards.find((card) => card.querySelector('h2')?.textContent === 'Where the time goes');
      if (turnId === undefined) return chart?.getBoundingClientRect().bottom;
      const turn = document.getElementById(turnId);
      if (turn === null) return undefined;
      turn.open = true;
      const list = turn.closest('section.card');
      for (const card of cards.slice(cards.indexOf(chart) + 1)) card.hidden = card !== list;
      for (const other of list.querySelectorAll('details.turn')) other.hidden = other !== turn;
      return turn.querySelector('.detail > .columns').getBoundingClientRect().bottom;
    },
    { turnId: values.turn },
  );
  if (bottom === undefined) throw new Error(`${report} has no such turn or no breakdown chart.`);
  mkdirSync(dirname(resolve(out)), { recursive: true });
  await page.screenshot({
    path: out,
    fullPage: true,
    clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom + MARGIN) },
  });
}
