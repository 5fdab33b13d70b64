// How far off are latencies over a real sound server? Runs suites on fixtures/benches/pulse.yaml beside a private PulseAudio, looks for each
// prompt and reply in the captures bit for bit, prints what came of it and writes reports/bench/pulse.json. Exits 1 when a target is missed
// or the run did not pass, 2 for options that it does not know, 3 when the bench failed and nothing was judged.
//
//   npm run bench:pulse -- [--suite NAME]... [--turns N] [--bench FILE] [--keep FOLDER] [--json] [--help]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { flag, readOptions, withValue, withValues } from './script-options/read-options.mjs';

const help = `npm run bench:pulse -- [options]

Runs suites over a private PulseAudio and holds every latency against the bits of its capture. Needs the Debian packages pulseaudio and
pulseaudio-utils. Prints the errors and writes reports/bench/pulse.json. Exits 1 when a target is missed or the run did not pass, 3 when the
bench failed and nothing was judged, as on a machine that has no time for its sound.

  --suite NAME   a suite to run, again for each; default: all of them
  --turns N      turns of the latency suite; default: 12
  --bench FILE   another bench with a virtual board in a sound server; default: fixtures/benches/pulse.yaml
  --keep FOLDER  keep the run and the board's sound there
  --json         print the report as JSON and nothing else
  --help         this text
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);

const { values: options } = readOptions(help, {
  suite: withValues(),
  turns: withValue(),
  bench: withValue(at('fixtures/benches/pulse.yaml')),
  keep: withValue(),
  json: flag(),
});
const folder =
  options.keep === undefined ? mkdtempSync(join(tmpdir(), 'earshot-pulse-')) : resolve(options.keep);
mkdirSync(folder, { recursive: true });
try {
  process.exitCode = await main(folder);
} finally {
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

/** The bench, with a board that keeps its sound; paths are absolute, since the file lies elsewhere. */
function recordingBench(folder) {
  const bench = parse(readFileSync(options.bench, 'utf8'));
  const absolute = (path) => (path === undefined ? undefined : resolve(dirname(options.bench), path));
  for (const key of ['corpus', 'scenario', 'budgets']) {
    const path = absolute(bench[key]);
    if (path !== undefined) bench[key] = path;
  }
  const board = bench.boards.find(({ sound }) => sound !== undefined);
  if (board === undefined) throw new Error(`${options.bench} has no board in a sound server`);
  board.sound.record = join(folder, 'board');
  const path = join(folder, 'bench.yaml');
  writeFileSync(path, stringify(bench));
  return { path, gainDb: bench.turn?.playbackGainDb ?? 0 };
}

function ended(child) {
  const out = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, stdout: Buffer.concat(out).toString() }));
  });
}

async function main(folder) {
  const bench = recordingBench(folder);
  const command = [
    ...[at('scripts/with-pulse.mjs'), '--', process.execPath, at('dist/harness/cli/main.js')],
    ...['run', '--json', '--bench', bench.path, '--reports', join(folder, 'reports')],
    ...options.suite.flatMap((suite) => ['--suite', suite]),
    ...(options.turns === undefined ? [] : ['--turns', options.turns]),
  ];
  const run = await ended(spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] }));
  if (run.stdout.trim() === '') throw new Error(`the run ended with exit code ${run.code} and no summary`);
  const summary = JSON.parse(run.stdout);
  const { readRun } = require(at('dist/harness/run/index.js'));
  const { isSoundTurn } = require(at('dist/harness/measurement/index.js'));
  const { readBoardRecord, serverSoundReport, turnTruth } = require(
    at('dist/harness/proving-ground/server-sound/index.js'),
  );
  const board = readBoardRecord(join(folder, 'board'));
  const turns = [];
  for (const turn of readRun(summary.runPath).turns.filter(isSoundTurn))
    turns.push(await turnTruth(summary.runPath, turn, board, bench.gainDb));
  const { outcome, why } = summary;
  const report = { run: { outcome, why, exitCode: run.code }, ...serverSoundReport(turns, board.underruns) };
  mkdirSync(at('reports/bench'), { recursive: true });
  const text = `${JSON.stringify({ ...report, results: turns }, null, 2)}\n`;
  writeFileSync(at('reports/bench/pulse.json'), text);
  if (options.json) process.stdout.write(text);
  else print(report);
  if (run.code === 3) return 3;
  return run.code === 0 && report.targets.every(({ ok }) => ok) ? 0 : 1;
}

function print(report) {
  const ms = (value) => (value === undefined ? '-' : `${value.toFixed(4)} ms`);
  console.log(`run: ${report.run.outcome} (exit code ${report.run.exitCode}); ${report.run.why}`);
  console.log(`turns: ${report.turns}, measured ${report.measured}, checked ${report.checked}`);
  console.log(
    `error of voice-to-voice: p50 ${ms(report.p50AbsErrorMs)}, p95 ${ms(report.p95AbsErrorMs)}, max ${ms(report.maxAbsErrorMs)}`,
  );
  if (report.bargeInStop !== undefined)
    console.log(
      `error of the barge-in stop: p95 ${ms(report.bargeInStop.p95AbsErrorMs)} of ${report.bargeInStop.n}`,
    );
  console.log(
    `reply samples in the captures bit for bit: ${report.exactSamples} of ${report.replySamples}; underruns ${report.underruns}`,
  );
  for (const { name, value, least, most, ok } of report.targets)
    console.log(
      `${ok ? 'ok    ' : 'MISSED'} ${name}: ${value?.toFixed(4) ?? 'nothing to take it from'} (${most === undefined ? `at least ${least}` : `at most ${most}`})`,
    );
}
