// The proving ground: how far off is a latency? Tries every method on simulated turns of known truth, prints a table and
// writes reports/bench/accuracy.json and .html. Exits 1 when a target is missed, 2 for options that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:accuracy -- [options]

  --turns N           turns for each condition (24; with --small 4)
  --conditions TEXT   only conditions whose name holds TEXT; several are separated by commas
  --case NAME/INDEX   one turn alone, with what each method said of it
  --small             a smoke run of a few conditions
  --threads N         worker threads (one for each processor)
  --json              print the report as JSON
  --list              print the conditions
  --help              this text
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, {
  turns: withValue(),
  conditions: withValue(),
  case: withValue(),
  small: flag(),
  threads: withValue(),
  json: flag(),
  list: flag(),
});
const countOf = (name, fallback) => (options[name] === undefined ? fallback : wholeNumber(name));

const { accuracyPage, accuracyReport, accuracyTable, conditions, hasFfmpeg, runCases } = require(
  at('dist/harness/proving-ground/index.js'),
);
if (options.list) {
  for (const { name, title } of conditions) console.log(`${name.padEnd(18)} ${title}`);
  process.exit(0);
}

const wanted = options.conditions?.split(',').filter((text) => text !== '');
const chosen = conditions.filter(
  ({ name, small }) =>
    (!options.small || small === true) &&
    (wanted === undefined || wanted.some((text) => name.includes(text))),
);
if (chosen.length === 0)
  refuse(`--conditions ${options.conditions}: no condition is called that; see --list.`);
const turns = countOf('turns', options.small ? 4 : 24);
const ffmpeg = hasFfmpeg();
if (!ffmpeg) process.stderr.write('ffmpeg is not installed: silencedetect is left out of the comparison.\n');
const setup = { corpusFolder: at('fixtures'), ffmpeg };

if (options.case !== undefined) {
  const [, name, index] = /^(.+)\/(\d+)$/.exec(options.case) ?? refuse('--case: NAME/INDEX is wanted.');
  if (!conditions.some((condition) => condition.name === name))
    refuse(`--case: there is no condition ${name}.`);
  const [result] = await runCases([{ condition: name, index: Number(index) }], { ...setup, threads: 1 });
  console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}

const requests = chosen.flatMap(({ name }) =>
  Array.from({ length: turns }, (_, index) => ({ condition: name, index })),
);
const started = performance.now();
let shown = 0;
const onResult = (_, done) => {
  const percent = Math.floor((100 * done) / requests.length);
  if (percent === shown || (!process.stderr.isTTY && percent % 10 !== 0)) return;
  shown = percent;
  const line = `${percent} % of ${requests.length} turns, ${((performance.now() - started) / 1000).toFixed(0)} s`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}  ` : `${line}\n`);
};
const threads = countOf('threads', availableParallelism());
const results = await runCases(requests, { ...setup, threads, onResult });
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');

const trials = { conditions: chosen, results };
const report = accuracyReport(trials, turns);
mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/accuracy.json'), `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(at('reports/bench/accuracy-cases.json'), `${JSON.stringify(results)}\n`);
writeFileSync(at('reports/bench/accuracy.html'), accuracyPage(report, trials));
console.log(options.json ? JSON.stringify(report, null, 2) : accuracyTable(report));
process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
