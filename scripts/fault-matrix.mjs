// The fault matrix: brings every fault about and looks at what came of it. Prints it as a table, writes reports/faults/matrix.json and
// matrix.md. Exits 1 when a row is wrong, 2 for options that it does not know.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue, withValues } from './script-options/read-options.mjs';

const help = `npm run test:faults -- [options]

  --only ID[,ID]   these rows, or those of a part: board, bench, provider (default: all)
  --lanes N        benches that are open at once (default: 5)
  --tests FILE     what Jest wrote with --json of a run with the tests of rows (default: they are run)
  --no-tests       leaves the rows out that are tests
  --out FILE       writes what the rows came to there as well
  --benches FILE   what --out wrote of a run with the rows on benches (default: they are brought about)
  --keep           keeps the runs of the rows, and says where
  --list           print the rows
  --help           this text
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, {
  only: withValues(),
  lanes: withValue(5),
  tests: withValues(),
  'no-tests': flag(),
  out: withValue(),
  benches: withValues(),
  keep: flag(),
  list: flag(),
});
const lanes = wholeNumber('lanes');

const { faultMatrix, isTestRow, runMatrix, tableMarkdown, tableText, testResults, testsOf } = require(
  at('dist/harness/proving-ground/faults/index.js'),
);
const wanted = options.only.flatMap((names) => names.split(','));
for (const name of wanted) {
  if (!faultMatrix.some(({ id, part }) => id === name || part === name))
    refuse(`--only ${name}: no row and no part is called that; see --list.`);
}
const rows = faultMatrix.filter(
  (row) =>
    (wanted.length === 0 || wanted.includes(row.id) || wanted.includes(row.part)) &&
    !(options['no-tests'] && isTestRow(row)),
);
if (options.list) {
  for (const { part, id, what } of rows) console.log(`${part.padEnd(9)} ${id.padEnd(24)} ${what}`);
  process.exit(0);
}

const tell = ({ id, ok, ms, wrong }) =>
  process.stderr.write(
    `${ok ? 'ok   ' : 'WRONG'} ${id} (${Math.round(ms)} ms)${ok ? '' : `: ${wrong.join('; ')}`}\n`,
  );

const folder = mkdtempSync(join(tmpdir(), 'earshot-faults-'));
const from = process.hrtime.bigint();
/** Tests that nobody has run yet. */
function runTests() {
  const { files, pattern } = testsOf(rows);
  if (files.length === 0) return [];
  process.stderr.write(`Running the tests of ${rows.filter(isTestRow).length} rows\n`);
  const output = join(folder, 'jest.json');
  const args = [
    '--selectProjects',
    'unit',
    'e2e',
    '--testNamePattern',
    pattern,
    '--json',
    '--outputFile',
    output,
  ];
  spawnSync(process.execPath, [at('node_modules/jest/bin/jest.js'), ...files, ...args], {
    cwd: at('.'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return [output];
}

/** Rows on benches that were brought about before; of what is in several files the last counts. */
const readFrom = (reports) => {
  const read = reports.flatMap((report) => report.results);
  return rows.flatMap((row) => (isTestRow(row) ? [] : (read.findLast(({ id }) => id === row.id) ?? [])));
};
const bringAbout = () =>
  runMatrix({
    rows: rows.filter((row) => !isTestRow(row)),
    lanes,
    program: at('dist/harness/cli/main.js'),
    fixtures: at('fixtures'),
    folder,
    onRow: tell,
  });
const written = (paths) =>
  paths.filter((path) => existsSync(path)).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const before = written(options.benches);
const onBenches = options.benches.length > 0 ? readFrom(before) : await bringAbout();
const reports = written(options.tests.length > 0 ? options.tests : runTests());
const ofTests = testResults(rows, reports);
for (const result of ofTests) tell(result);
const results = rows.flatMap(({ id }) => [...onBenches, ...ofTests].find((one) => one.id === id) ?? []);
const seconds = before.reduce(
  (sum, earlier) => sum + earlier.seconds,
  Number(process.hrtime.bigint() - from) / 1e9,
);
if (options.keep) process.stderr.write(`The runs are in ${folder}.\n`);
else rmSync(folder, { recursive: true, force: true });

const wrong = results.filter(({ ok }) => !ok).length;
const report = { schema: 'earshot/fault-matrix@1', seconds, rows: results.length, wrong, results };
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
if (wanted.length === 0 && !options['no-tests']) {
  mkdirSync(at('reports/faults'), { recursive: true });
  writeFileSync(at('reports/faults/matrix.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(at('reports/faults/matrix.md'), tableMarkdown(rows, results));
}
console.log(tableText(rows, results));
console.log(`\n${results.length - wrong} of ${rows.length} rows are right, in ${seconds.toFixed(0)} s.`);
process.exitCode = wrong === 0 && results.length === rows.length ? 0 : 1;
