// How often the gate errs: unchanged firmware that fails, +100 ms that is found, and the smallest change that matters, over latencies
// of several spreads, beside the ratio gates that people write first. Writes reports/bench/gate.json; exits 1 when a target is missed,
// 2 for options that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:gate -- [options]

  --trials N   trials of each cell (default: 2000)
  --json       print the report as JSON
  --help       this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

const { values: options, wholeNumber } = readOptions(help, { trials: withValue(2000), json: flag() });
const trials = wholeNumber('trials');

const { latencyModels, movingBenches, shiftsMs, tryGates } = createRequire(import.meta.url)(
  at('dist/harness/proving-ground/index.js'),
);
let done = 0;
const cells = (latencyModels.length + movingBenches.length) * shiftsMs.length;
const report = tryGates(trials, () => {
  done += 1;
  process.stderr.write(
    process.stderr.isTTY ? `\r${done} of ${cells} cells  ` : `${done} of ${cells} cells\n`,
  );
});
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');

mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/gate.json'), `${JSON.stringify(report, null, 2)}\n`);

const percent = (count, trials) => `${((100 * count) / trials).toFixed(1)} %`.padStart(8);
if (options.json) console.log(JSON.stringify(report, null, 2));
else {
  const naive = Object.keys(report.cells[0].naive);
  console.log(
    `${'latencies'.padEnd(24)}  shift    fails   passes  undecided  turns p50  p95   ${naive.join('   ')}`,
  );
  for (const cell of report.cells)
    console.log(
      `${cell.model.padEnd(24)}${String(cell.shiftMs).padStart(4)} ms ${percent(cell.failed, cell.trials)} ${percent(cell.passed, cell.trials)}` +
        `   ${percent(cell.inconclusive, cell.trials)}  ${String(cell.turnsMedian).padStart(9)}  ${String(cell.turnsP95).padStart(3)}` +
        naive.map((name) => percent(cell.naive[name], cell.trials).padStart(name.length + 3)).join(''),
    );
  console.log(
    `\n${'played in turns'.padEnd(24)}  shift    fails   passes  undecided  turns p50  p95   fails when played after its reference`,
  );
  for (const cell of report.inTurns)
    console.log(
      `${cell.model.padEnd(24)}${String(cell.shiftMs).padStart(4)} ms ${percent(cell.failed, cell.trials)} ${percent(cell.passed, cell.trials)}` +
        `   ${percent(cell.inconclusive, cell.trials)}  ${String(cell.turnsMedian).padStart(9)}  ${String(cell.turnsP95).padStart(3)}   ${percent(cell.failedAfter, cell.trials)}`,
    );
  for (const { name, value, unit, bound, ok } of report.targets)
    console.log(`${ok ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(2)} ${unit} (bound ${bound} ${unit})`);
}
process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
