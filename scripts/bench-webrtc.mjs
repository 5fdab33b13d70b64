// Eight callers at once on the mock over WebRTC: whether every reply packet arrives, and how steadily they leave. Then eight
// virtual boards at once on virtual rigs, beside one alone: what is measured against what was counted. Writes
// reports/bench/webrtc.json; exits 1 when a target is missed, 2 for options that it does not know.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:webrtc -- [options]

  --only packets|boards   measure one part, and write nothing
  --bench FILE            bench of the virtual boards (default: fixtures/benches/openai-demo.yaml)
  --boards N              how many at once (default: 8)
  --turns N               turns of each (default: 12)
  --help                  this text
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
/** DESIGN section 11: voice-to-voice error against counted truth, 95th percentile. */
const MOST_ERROR_MS = 0.1;

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, {
  only: withValue(),
  bench: withValue(at('fixtures/benches/openai-demo.yaml')),
  boards: withValue(8),
  turns: withValue(12),
});

function benchPackets() {
  const { benchWebRtc } = require(at('dist/harness/provider/bench/webrtc-bench.js'));
  const { loadScenario } = require(at('dist/harness/config/index.js'));
  const { loadCorpus } = require(at('dist/harness/corpus/index.js'));
  const corpus = loadCorpus(at('fixtures'));
  const scenario = loadScenario(at('fixtures/scenarios/voice-assistant.yaml'));
  const prompts = [...corpus.prompts.values()].filter(({ recognisable }) => recognisable !== false);
  return benchWebRtc(scenario, prompts, [...corpus.replies.values()]);
}

/** One `earshot run` on a board of its own, among `count`; what its turns say, and how it ended. */
function runBoard(reports, folder, count) {
  const program = at('dist/harness/cli/main.js');
  const args = ['run', '--json', '--reports', reports, '--bench', options.bench];
  const suite = at('scripts/bench-suites/boards-at-once.hil.js');
  const child = spawn(process.execPath, [program, ...args, '--suite', suite, '--turns', options.turns], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BOARDS_AT_ONCE_FOLDER: folder, BOARDS_AT_ONCE_COUNT: String(count) },
  });
  let text = '';
  let said = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const summary = JSON.parse(text === '' ? '{}' : text);
      if (summary.runPath === undefined) reject(new Error(`earshot run ended with ${exitCode}: ${said}`));
      else resolve({ exitCode, why: summary.why, runPath: summary.runPath });
    });
  });
}

async function runBoards(count, folder) {
  const { readRun } = require(at('dist/harness/run/index.js'));
  const runs = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      runBoard(join(folder, `${count}-${n}`), join(folder, `at-once-${count}`), count),
    ),
  );
  const turns = runs.flatMap(({ runPath }) => readRun(runPath).turns);
  const errors = turns.flatMap(({ measurement }) =>
    measurement.selfCheck === undefined ? [] : Math.abs(measurement.selfCheck.voiceToVoiceErrorMs),
  );
  return { runs, turns: turns.length, errors: errors.sort((a, b) => a - b) };
}

const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

async function benchBoards() {
  const boards = wholeNumber('boards');
  const name = (what) => `${boards} virtual boards at once over WebRTC: ${what}`;
  if (!existsSync(options.bench)) {
    const skipped = `there is no ${options.bench}`;
    return { targets: [{ name: name('voice-to-voice error'), ok: true, skipped }], figures: {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  try {
    const alone = await runBoards(1, folder);
    const together = await runBoards(boards, folder);
    const expected = boards * wholeNumber('turns');
    for (const { exitCode, why } of [...alone.runs, ...together.runs])
      if (exitCode !== 0) console.log(`       a run ended with ${exitCode}: ${why}`);
    const value = quantile(together.errors, 0.95);
    return {
      targets: [
        {
          name: name('turns that could not be compared with the count'),
          value: Math.max(0, expected - together.errors.length),
          unit: `of ${expected}`,
          bound: 0,
          ok: together.errors.length >= expected,
        },
        {
          name: name('voice-to-voice error against the count, p95'),
          value,
          unit: 'ms',
          bound: MOST_ERROR_MS,
          ok: value <= MOST_ERROR_MS,
        },
      ],
      figures: {
        oneBoardErrorMedian: quantile(alone.errors, 0.5),
        oneBoardErrorP95: quantile(alone.errors, 0.95),
        boardsErrorMedian: quantile(together.errors, 0.5),
        boardsErrorP95: value,
        boardsErrorMax: quantile(together.errors, 1),
        takesThatWereNotCompared: together.turns - together.errors.length,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const benches = { packets: benchPackets, boards: benchBoards };
const chosen = Object.entries(benches).filter(
  ([name]) => options.only === undefined || name === options.only,
);
if (chosen.length === 0) refuse(`--only takes ${Object.keys(benches).join(' or ')}, not ${options.only}`);
const results = [];
// One after the other: they would disturb each other.
for (const [, bench] of chosen) results.push(await bench());
const targets = results.flatMap((result) => result.targets);
const figures = Object.assign({}, ...results.map((result) => result.figures));

if (options.only === undefined) {
  mkdirSync(at('reports/bench'), { recursive: true });
  writeFileSync(at('reports/bench/webrtc.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
}
for (const { name, value, unit, bound, ok, skipped } of targets) {
  if (skipped === undefined)
    console.log(`${ok ? 'ok     ' : 'MISSED '} ${name}: ${value.toFixed(3)} ${unit} (at most ${bound})`);
  else console.log(`SKIPPED ${name}: ${skipped}`);
}
for (const [name, value] of Object.entries(figures)) console.log(`        ${name}: ${value.toFixed(3)}`);
process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
