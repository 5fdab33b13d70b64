// Eight virtual boards at once, as lanes of one `earshot run --each-board`: what is measured against what was counted, whether any turn is
// missing, and whether a board is blamed, of which none has a fault. Writes reports/bench/boards.json and keeps a run that did not pass;
// exits 1 when a target is missed, 2 for options that it does not know.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:boards -- [options]

  --bench FILE   bench whose first board is there so many times (default: fixtures/benches/openai-demo.yaml)
  --boards N     how many at once (default: 8)
  --turns N      turns of each (default: 12)
  --help         this text

With other figures than the defaults nothing is written.
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
/** DESIGN section 11: voice-to-voice error against counted truth, 95th percentile. */
const MOST_ERROR_MS = 0.1;
/** Exit code of a run that blames a board. */
const BOARD_FAILED = 1;
const usual = { bench: at('fixtures/benches/openai-demo.yaml'), boards: '8', turns: '12' };

const { values: options, wholeNumber } = readOptions(help, {
  bench: withValue(usual.bench),
  boards: withValue(usual.boards),
  turns: withValue(usual.turns),
});
const [boards, turns] = ['boards', 'turns'].map(wholeNumber);

/** A bench file with this board so many times, each with noise of its own and a crystal that is a little off the others'. */
function benchOf(folder) {
  const bench = parse(readFileSync(options.bench, 'utf8'));
  const beside = (path) => resolve(dirname(options.bench), path);
  const [board] = bench.boards;
  const path = join(folder, 'boards.yaml');
  const written = {
    ...bench,
    corpus: beside(bench.corpus ?? at('fixtures')),
    scenario: beside(bench.scenario ?? at('fixtures/scenarios/voice-assistant.yaml')),
    boards: Array.from({ length: boards }, (_, index) => ({
      ...board,
      name: `board-${index + 1}`,
      // Boards that are alike play control prompts first, at the same time as all others start.
      model: `virtual ${index + 1}`,
      crystalPpm: (board.crystalPpm ?? 0) + index,
      rig: { ...board.rig, seed: index + 1 },
    })),
  };
  delete written.budgets;
  writeFileSync(path, stringify(written));
  return path;
}

function run(bench, folder) {
  const suite = at('scripts/bench-suites/boards-at-once.hil.js');
  const args = [
    'run',
    '--json',
    '--each-board',
    '--bench',
    bench,
    '--suite',
    suite,
    '--turns',
    options.turns,
  ];
  const child = spawn(process.execPath, [at('dist/harness/cli/main.js'), ...args, '--reports', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      BOARDS_AT_ONCE_FOLDER: join(folder, 'at-once'),
      BOARDS_AT_ONCE_COUNT: options.boards,
    },
  });
  let text = '';
  let said = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((settle, refuse) => {
    child.once('error', refuse);
    child.once('close', (exitCode) => {
      const { runPath, why } = JSON.parse(text === '' ? '{}' : text);
      if (runPath === undefined) refuse(new Error(`earshot run ended with ${exitCode}: ${said}`));
      else settle({ runPath, why, exitCode });
    });
  });
}

const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

const folder = mkdtempSync(join(tmpdir(), 'earshot-boards-'));
let isKept = false;
try {
  const begun = process.hrtime.bigint();
  const { runPath, why, exitCode } = await run(benchOf(folder), folder);
  const wallSeconds = Number(process.hrtime.bigint() - begun) / 1e9;
  if (exitCode !== 0) {
    isKept = true;
    console.log(`       the run ended with ${exitCode}: ${why}\n       it is kept: ${runPath}`);
  }
  const { readRun } = require(at('dist/harness/run/index.js'));
  const { turns: all, tests } = readRun(runPath);
  // Control prompts come on top, which boards play that have their like beside them.
  const counted = new Set(
    tests.filter(({ name }) => name[0] !== 'control').flatMap(({ turnIds }) => turnIds),
  );
  const played = all.filter(({ record }) => counted.has(record.turnId));
  const errors = played
    .flatMap(({ measurement: { selfCheck } }) =>
      selfCheck === undefined ? [] : [Math.abs(selfCheck.voiceToVoiceErrorMs)],
    )
    .sort((a, b) => a - b);
  const expected = boards * turns;
  const error = quantile(errors, 0.95);
  const name = (what) => `${boards} virtual boards at once in one run: ${what}`;
  const targets = [
    {
      name: name('turns that could not be compared with the count'),
      value: Math.max(0, expected - errors.length),
      unit: `of ${expected}`,
      bound: 0,
      ok: errors.length >= expected,
    },
    {
      name: name('voice-to-voice error against the count, p95'),
      value: error,
      unit: 'ms',
      bound: MOST_ERROR_MS,
      ok: error <= MOST_ERROR_MS,
    },
    {
      name: name('verdicts against boards of which none has a fault'),
      value: exitCode === BOARD_FAILED ? 1 : 0,
      unit: '',
      bound: 0,
      ok: exitCode !== BOARD_FAILED,
    },
  ];
  const figures = {
    cores: availableParallelism(),
    errorMedianMs: quantile(errors, 0.5),
    errorMaxMs: quantile(errors, 1),
    takesThatWereRepeated: played.length - errors.length,
    wallSeconds,
  };
  if (Object.entries(usual).every(([key, value]) => options[key] === value)) {
    mkdirSync(at('reports/bench'), { recursive: true });
    writeFileSync(at('reports/bench/boards.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
  }
  for (const { name: what, value, unit, bound, ok } of targets)
    console.log(`${ok ? 'ok     ' : 'MISSED '} ${what}: ${value.toFixed(3)} ${unit} (at most ${bound})`);
  for (const [what, value] of Object.entries(figures)) console.log(`        ${what}: ${value.toFixed(3)}`);
  process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
} finally {
  if (!isKept) rmSync(folder, { recursive: true, force: true });
}
