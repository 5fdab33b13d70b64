// Takes the picture of the README from the report of a run. Dev only; needs a Chromium and fonts for Chinese
// (`apt-get install chromium fonts-noto-cjk`).
//
//   node scripts/screenshot-report.mjs RUN_FOLDER [--out docs/images/report.png] [--turn t0005] [--chromium /usr/bin/chromium]
//
// Without --turn the picture ends below the breakdown chart; with it that turn is open beneath, down to its measures, with
// the cards and turns between left out.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const WIDTH = 1280;
const MARGIN = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'docs/images/report.png' },
    turn: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [run] = positionals;
const report = join(resolve(run ?? ''), 'report.html');
if (run === undefined || !existsSync(report)) {
  console.error(`There is no ${report}. Usage: node scripts/screenshot-report.mjs RUN_FOLDER [--turn ID]`);
  process.exit(2);
}

const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
try {
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
  mkdirSync(dirname(resolve(values.out)), { recursive: true });
  await page.screenshot({
    path: values.out,
    fullPage: true,
    clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom + MARGIN) },
  });
} finally {
  await browser.close();
}
