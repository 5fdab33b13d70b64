// How far off is the barge-in stop time? Stops replies at counted places in simulated rooms, prints a table and writes
// reports/bench/barge-in.json. Exits 1 when a target is missed.
//
//   npm run bench:barge-in -- [--turns N] [--json] [--help]
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
const { bargeInConditions, bargeInReport, tryBargeIn } = require(
  at('dist/harness/proving-ground/barge-in/index.js'),
);

const help = `npm run bench:barge-in -- [options]

  --turns N   turns for each condition (4); a second for each
  --json      print the report as JSON
  --help      this text
`;

if (isMainThread) await main();
else await work(workerData);

async function work({ turns, thread, threads }) {
  const { loadCorpus } = require(at('dist/harness/corpus/index.js'));
  const corpus = loadCorpus(at('fixtures'));
  const cases = bargeInConditions.flatMap((condition) =>
    Array.from({ length: turns }, (_, index) => ({ condition, index })),
  );
  for (const [n, { condition, index }] of cases.entries())
    if (n % threads === thread) parentPort.postMessage(await tryBargeIn(condition, index, corpus));
}

async function main() {
  const { values, wholeNumber } = readOptions(help, { turns: withValue(4), json: flag() });
  const turns = wholeNumber('turns');
  setPriority(10);
  const threads = availableParallelism();
  const results = [];
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(fileURLToPath(import.meta.url), {
        workerData: { turns, thread, threads },
      });
      worker.on('message', (result) => results.push(result));
      return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
    }),
  );
  const report = bargeInReport(results);
  mkdirSync(at('reports/bench'), { recursive: true });
  const text = `${JSON.stringify({ ...report, results }, null, 2)}\n`;
  writeFileSync(at('reports/bench/barge-in.json'), text);
  if (values.json) process.stdout.write(text);
  else print(report);
  process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
}

function print({ rows, targets }) {
  const ms = (value) => (value === undefined ? '-' : value.toFixed(1)).padStart(8);
  console.log(
    `${'ms'.padEnd(28)}${['n', 'numbers', 'median', 'p95', 'bias', 'median u'].map((head) => head.padStart(8)).join('')}  within 2u`,
  );
  for (const row of rows)
    console.log(
      `${row.name.padEnd(28)}${String(row.turns).padStart(8)}${String(row.numbers).padStart(8)}${ms(row.medianAbsErrorMs)}` +
        `${ms(row.p95AbsErrorMs)}${ms(row.biasMs)}${ms(row.medianUncertaintyMs)}  ${row.coverage === undefined ? '-' : `${(100 * row.coverage).toFixed(1)} %`}`,
    );
  for (const { name, value, least, most, ok } of targets)
    console.log(
      `${ok ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(3)} (${least === undefined ? '' : `${least} to `}${most})`,
    );
}
