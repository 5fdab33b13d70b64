// Measures prompt recognition on trials that set no threshold and writes reports/bench/recognition.json. Exits 1 when a target is
// missed; what docs/recognition.md names as a limit is stated beside its bound (LIMIT) and not judged.
//
//   npm run bench:recognition -- [--clips N] [--json] [--resume FILE] [--split report|tune] [--help]
//
// Needs Debian's espeak-ng 1.51; says so and exits 0 where it is missing. The full run takes about 20 min of processor time, on all
// cores; one that was stopped goes on with --resume, and --resume with a complete FILE only counts.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
const { hasEspeak, runTrials, summarise, trialsOf } = require(
  at('dist/harness/proving-ground/recognition/index.js'),
);
const { loadCorpus } = require(at('dist/harness/corpus/index.js'));
const prompts = [...loadCorpus(at('fixtures')).prompts.values()];

const help = `npm run bench:recognition -- [options]

  --clips N              so many of the clips (all)
  --split report|tune    which of the two halves (report)
  --resume FILE          keeps what was seen in this file, and goes on from it
  --json                 print the report as JSON
  --help                 this text
`;

if (isMainThread) await main();
else await runTrials(workerData.trials, prompts, (result) => parentPort.postMessage(result));

async function main() {
  const { values, wholeNumber } = readOptions(help, {
    clips: withValue(),
    json: flag(),
    resume: withValue(),
    split: withValue('report'),
  });
  const clips = values.clips === undefined ? Infinity : wholeNumber('clips');
  if (!hasEspeak()) {
    console.log('SKIPPED: espeak-ng is not installed (apt-get install espeak-ng); nothing was measured.');
    return;
  }
  setPriority(10);
  const trials = spread(trialsOf(values.split, prompts), clips);
  const results = await resultsOf(trials, values.resume);
  const { rateInterval } = require(at('dist/harness/verdict/binomial-interval.js'));
  const report = summarise(results, rateInterval);
  mkdirSync(at('reports/bench'), { recursive: true });
  const text = `${JSON.stringify({ split: values.split, trials: results.length, ...report }, null, 2)}\n`;
  writeFileSync(at('reports/bench/recognition.json'), text);
  if (values.json) process.stdout.write(text);
  else print(report);
  // A small run cannot show what needs 3 000 clips; it fails for what it did see.
  const judged = values.clips === undefined ? report.targets : report.targets.slice(0, -1);
  process.exitCode = judged.every(({ ok, isKnownLimit }) => ok || isKnownLimit) ? 0 : 1;
}

/** Every k-th trial, so that a small run holds all classes. */
function spread(trials, most) {
  const step = Math.max(1, trials.length / most);
  return Array.from(
    { length: Math.min(trials.length, Math.floor(most)) },
    (_, n) => trials[Math.floor(n * step)],
  );
}

async function resultsOf(trials, file) {
  // Behind the last line break there is nothing, or what a run that was killed did not finish.
  const lines =
    file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  if (lines.length > 0) writeFileSync(file, `${lines.join('\n')}\n`);
  const known = new Map(lines.filter(Boolean).map((line) => [JSON.parse(line).id, JSON.parse(line)]));
  const results = trials.flatMap(({ id }) => known.get(id) ?? []);
  const missing = trials.filter(({ id }) => !known.has(id));
  const shares = sharesOf(missing, Math.max(1, Math.min(availableParallelism(), missing.length)));
  await Promise.all(
    shares.map((share) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { trials: share } });
      worker.on('message', (result) => {
        results.push(result);
        if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
        if (results.length % 50 === 0) process.stderr.write(`\r${results.length} of ${trials.length} clips`);
      });
      return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
    }),
  );
  process.stderr.write('\n');
  return results;
}

/**
 * Trials for each thread. Those of one source stay together, so that it is spoken once; sources come in an order in which a run
 * that is stopped has seen every class.
 */
function sharesOf(trials, threads) {
  // The golden ratio steps through any list evenly.
  const golden = (Math.sqrt(5) - 1) / 2;
  const bySource = new Map();
  for (const trial of trials) {
    const key = JSON.stringify(trial.source);
    bySource.set(key, [...(bySource.get(key) ?? []), trial]);
  }
  const groups = [...bySource.values()]
    .map((group, index) => ({ group, order: (index * golden) % 1 }))
    .sort((a, b) => a.order - b.order)
    .map(({ group }) => group);
  return Array.from({ length: threads }, (_, thread) =>
    groups.filter((_group, index) => index % threads === thread).flat(),
  );
}

function print({ targets, classes, taken, missed, homophones }) {
  for (const { name, value, unit, bound, ok, isKnownLimit } of targets) {
    const missed = isKnownLimit ? 'LIMIT ' : 'MISSED';
    console.log(`${ok ? 'ok    ' : missed} ${name}: ${value.toFixed(3)} ${unit} (bound ${bound})`);
  }
  for (const one of classes)
    console.log(
      `       ${one.class.padEnd(46)} n ${String(one.n).padStart(5)}  right ${one.right}  wrong ${one.wrong}  ` +
        `(95 %: right at least ${(100 * one.rightAtLeast).toFixed(2)} %, wrong at most ${(100 * one.wrongAtMost).toFixed(2)} %)`,
    );
  for (const one of missed) console.log(`       not heard  ${one}`);
  for (const one of taken) console.log(`       accepted   ${one}`);
  console.log(`       ${homophones} replacements sound the same byte for byte and were left out`);
}
