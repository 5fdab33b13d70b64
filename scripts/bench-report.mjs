// Does a long report render and open? Makes a run of many turns with sound, renders it in a child as `earshot report` does, and opens it in
// Chromium. Writes reports/bench/report.json; exits 1 when a target is missed, 2 for options that it does not know.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { makeLongRun } from './bench-report/long-run.mjs';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:report -- [options]

  --turns N         turns of the run, 30 to 5000 (default: 500)
  --seed N          of what is random in it (default: 8)
  --chromium FILE   browser (default: /usr/bin/chromium)
  --keep            leave the run folder where it is, and name it
  --json            print the report as JSON and nothing else
  --help            this text
`;

/** Issue 8. */
const BOUNDS = { renderSeconds: 10, renderMb: 500, loadMs: 3_000, longestTaskMs: 200 };
/** Steps of the wheel, and turns that are opened on the way. */
const STEPS = 160;
const STEP_PX = 700;
const OPENED = 5;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);

const { values: options, refuse } = readOptions(help, {
  turns: withValue(500),
  seed: withValue(8),
  chromium: withValue('/usr/bin/chromium'),
  keep: flag(),
  json: flag(),
});
const turns = Number(options.turns);
if (!Number.isInteger(turns) || turns < 30 || turns > 5000)
  refuse(`--turns takes 30 to 5000, not "${options.turns}"`);
if (!/^\d+$/.test(options.seed)) refuse(`--seed takes a whole number, not "${options.seed}"`);
if (!existsSync(options.chromium)) refuse(`There is no browser ${options.chromium}.`);

const { readWav, writeWav } = require(at('dist/harness/audio/index.js'));
const { seededUniform } = require(at('dist/harness/units/index.js'));
const clip = (path) => readWav(readFileSync(at(path))).channels[0];
const clips = [
  ['en-door-open-a', 'en-door-is-open-a'],
  ['en-door-close-a', 'en-door-is-closed-a'],
].map(([prompt, reply]) => ({
  prompt: clip(`fixtures/prompts/${prompt}.wav`),
  reply: clip(`fixtures/replies/${reply}.wav`),
}));

/** The command line in a child, with its time and the most memory that it had. */
function earshot(...args) {
  const measured = join(folder, 'max-rss');
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', at('scripts/bench-report/max-rss.cjs'), at('dist/harness/cli/main.js'), ...args],
    { env: { ...process.env, BENCH_MAX_RSS: measured }, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status === null || status === 2 || status === 3)
    throw new Error(`earshot ${args[0]} ended with ${status}: ${stderr}`);
  return { seconds, mb: (Number(readFileSync(measured, 'utf8')) * 1024) / 1e6 };
}

/** How long the page takes to load, and the longest task of its thread while somebody scrolls through it and opens turns. */
async function openPage(path) {
  const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript(() => {
      /* global window, PerformanceObserver */
      window.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries())
          window.longTasks.push({ startTime, duration });
      }).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
    /* global document, requestAnimationFrame */
    const loadMs = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
    const began = await page.evaluate(() => performance.now());
    const shown = await page.locator('details.turn').count();
    const every = Math.floor(STEPS / (OPENED + 1));
    for (let step = 1; step <= STEPS; step += 1) {
      await page.mouse.move(640, 450);
      await page.mouse.wheel(0, STEP_PX);
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      if (step % every === 0) {
        await page.evaluate(() => {
          const row = document.elementFromPoint(640, 450)?.closest('details.turn');
          if (row !== null && row !== undefined) row.open = true;
        });
      }
    }
    const scrolled = await page.evaluate(() => window.scrollY);
    const tasks = await page.evaluate(
      (from) => window.longTasks.filter(({ startTime }) => startTime >= from),
      began,
    );
    const longestTaskMs = Math.max(0, ...tasks.map(({ duration }) => duration));
    return { loadMs, longestTaskMs, longTasks: tasks.length, shown, scrolledPx: scrolled };
  } finally {
    await browser.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-report-'));
try {
  const run = join(folder, 'run');
  const uniform = seededUniform(Number(options.seed));
  makeLongRun({ from: at('fixtures/runs/sample'), to: run, turns, tools: { writeWav, uniform, clips } });
  // Judged apart, as a run is when it ends; what is measured is the rendering of what is stored.
  earshot('gate', run);
  const before = loadavg()[0];
  const rendered = earshot('report', run);
  const page = join(run, 'report.html');
  const pageMb = statSync(page).size / 1e6;
  const opened = await openPage(page);
  if (opened.shown !== turns) throw new Error(`The page shows ${opened.shown} turns, not ${turns}.`);
  const target = (name, value, unit, bound) => ({ name, value, unit, bound, ok: value <= bound });
  const targets = [
    target(`rendering ${turns} turns with sound`, rendered.seconds, 's', BOUNDS.renderSeconds),
    target(`memory of that at most`, rendered.mb, 'MB', BOUNDS.renderMb),
    target('the page loads in Chromium', opened.loadMs, 'ms', BOUNDS.loadMs),
    target('longest task while scrolling', opened.longestTaskMs, 'ms', BOUNDS.longestTaskMs),
  ];
  const figures = {
    turns,
    pageMb,
    longTasks: opened.longTasks,
    scrolledPx: opened.scrolledPx,
    loadAverage: before,
  };
  const report = { targets, figures };
  mkdirSync(at('reports/bench'), { recursive: true });
  writeFileSync(at('reports/bench/report.json'), `${JSON.stringify(report, null, 2)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    for (const { name, value, unit, bound, ok } of targets)
      console.log(`${ok ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(1)} ${unit} (at most ${bound})`);
    for (const [name, value] of Object.entries(figures)) console.log(`       ${name}: ${value.toFixed(1)}`);
    if (options.keep) console.log(`       run: ${run}`);
  }
  process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
} finally {
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
}
