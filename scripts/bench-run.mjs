// What does a run take beyond what board and speech take? DESIGN §11: wall − Σ(prompt start → reply end + configured quiet) − board boots is
// at most 5 % and 5 s. One run of the suite of latencies over the virtual board. Writes reports/bench/run.json; exits 1 when the target is
// missed, 2 for options that it does not know, 3 when the run judged nothing.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:run -- [options]

  --bench FILE   bench of virtual parts (fixtures/benches/virtual.yaml)
  --turns N      turns (60)
  --help         this text

With other figures than these nothing is written.
`;

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);
const usual = { bench: at('fixtures/benches/virtual.yaml'), turns: '60' };

const { values: options, wholeNumber } = readOptions(help, {
  bench: withValue(usual.bench),
  turns: withValue(usual.turns),
});
const wanted = wholeNumber('turns');

/** @returns The run's folder, and how long the command took from its start to its end. */
async function timedRun(folder) {
  const suite = at('dist/harness/suites/latency.hil.js');
  const args = ['run', '--json', '--bench', options.bench, '--suite', suite, '--turns', options.turns];
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, [at('dist/harness/cli/main.js'), ...args, '--reports', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const wallMs = Number(process.hrtime.bigint() - begun) / 1e6;
  return { wallMs, exitCode, runPath: text === '' ? undefined : JSON.parse(text).runPath };
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-run-'));
try {
  const { wallMs, exitCode, runPath } = await timedRun(folder);
  const { loadBench } = require(at('dist/harness/config/index.js'));
  const { runOverhead, targetLines } = require(at('dist/harness/proving-ground/index.js'));
  const { readRun } = require(at('dist/harness/run/index.js'));
  const { turns, events } = runPath === undefined ? { turns: [], events: [] } : readRun(runPath);
  if (turns.length < wanted) {
    process.stderr.write(
      `The run ended with ${exitCode} after ${turns.length} turns: there is nothing to tell.\n`,
    );
    process.exitCode = 3;
  } else {
    const { quietMs } = loadBench(options.bench, {}).turn;
    tell(runOverhead({ turns, events }, { wallMs, quietMs }), { wallMs, turns: turns.length }, targetLines);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell({ spokenMs, bootsMs, overheadMs, allowedMs }, { wallMs, turns }, targetLines) {
  const targets = [
    {
      name: `run overhead of ${turns} turns, 5 % and 5 s are allowed`,
      value: overheadMs / 1_000,
      unit: 's',
      bound: `≤ ${(allowedMs / 1_000).toFixed(2)}`,
      ok: overheadMs <= allowedMs,
    },
  ];
  const figures = {
    cores: availableParallelism(),
    loadAverage: loadavg()[0],
    wallSeconds: wallMs / 1_000,
    spokenSeconds: spokenMs / 1_000,
    bootsSeconds: bootsMs / 1_000,
    overheadPercent: (100 * overheadMs) / (spokenMs + bootsMs),
  };
  if (options.bench === usual.bench && options.turns === usual.turns) {
    mkdirSync(at('reports/bench'), { recursive: true });
    writeFileSync(at('reports/bench/run.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
  }
  for (const line of targetLines(targets)) console.log(line);
  for (const [what, value] of Object.entries(figures)) console.log(`        ${what}: ${value.toFixed(2)}`);
  process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
}
