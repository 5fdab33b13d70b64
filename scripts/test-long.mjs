// Long jobs, one after the other, in parts that are kept in reports/long/: a run that was broken off goes on where it was.
// Exits 0 when every target holds, 1 when one is missed, 2 for options that it does not know, 3 when a job broke off, 130 after Ctrl-C.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run test:long -- [options]

  --only NAME    one job (see --list)
  --fresh        starts anew: forgets the parts that were kept
  --turns N      turns for each condition of the job accuracy (100)
  --messages N   messages to each mock of the job fuzz (20000)
  --files N      spoiled files for each reader of the job fuzz, and WAVs of the job wav (20000)
  --kills N      writers of runs to kill in the job kills (200)
  --minutes N    how long the job soak takes (120)
  --list         print the jobs
  --help         this text

Parts and reports lie in reports/long/. Parts of other sources, fixtures or options are done again.
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, {
  only: withValue(),
  fresh: flag(),
  turns: withValue(100),
  messages: withValue(20_000),
  files: withValue(20_000),
  kills: withValue(200),
  minutes: withValue(120),
  list: flag(),
});
const [turns, messages, files, kills] = ['turns', 'messages', 'files', 'kills'].map(wholeNumber);
wholeNumber('minutes');

const {
  accuracyJob,
  accuracyPage,
  conditions,
  fuzzJob,
  hasFfmpeg,
  killsJob,
  runLongJob,
  scriptJob,
  targetLines,
  wavJob,
} = require(at('dist/harness/proving-ground/index.js'));
const folder = at('reports/long');
mkdirSync(folder, { recursive: true });

/** Jobs of scripts, each with the file that it writes and what its figures depend on. */
const scripts = [
  {
    name: 'recognition',
    title: 'recognition: every clip and every false friend',
    script: 'scripts/bench-recognition.mjs',
    args: [],
    resume: 'reports/long/recognition/clips-*.jsonl',
    output: 'reports/bench/recognition.json',
    sources: [
      'dist/harness/audio',
      'dist/harness/provider/hearing',
      'dist/harness/proving-ground',
      'fixtures/prompts',
    ],
  },
  {
    name: 'tests',
    title: 'tests that take a quiet machine: what the doctor says of each fault of a sound server',
    script: 'scripts/long-tests.mjs',
    args: [],
    resume: 'reports/long/tests/none-*.jsonl',
    output: 'reports/bench/long-tests.json',
    sources: ['harness/bench', 'harness/rig', 'scripts/with-pulse.mjs'],
  },
  {
    name: 'capture',
    title: 'capture: 60 minutes over a sound server, every sample held against what was played',
    script: 'scripts/bench-capture.mjs',
    args: ['--seconds', '3600'],
    resume: 'reports/long/capture/parts-*.jsonl',
    output: 'reports/bench/capture.json',
    sources: ['dist/harness/rig', 'dist/harness/audio', 'scripts/with-pulse.mjs'],
  },
  {
    name: 'soak',
    title: `soak: the harness itself over ${options.minutes} minutes of turns, every process watched`,
    script: 'scripts/soak-harness.mjs',
    args: ['--minutes', options.minutes],
    resume: 'reports/long/soak/looks-*.jsonl',
    output: 'reports/bench/soak-harness.json',
    sources: ['dist/harness', 'dist/firmware', 'scripts/process-watch'],
  },
];

function jobsOf() {
  const ffmpeg = hasFfmpeg();
  if (!ffmpeg)
    process.stderr.write('ffmpeg is not installed: silencedetect is left out of the comparison.\n');
  const accuracy = accuracyJob({
    root,
    corpusFolder: at('fixtures'),
    turns,
    threads: availableParallelism(),
    ffmpeg,
    onReport: (report, results) =>
      writeFileSync(`${folder}/accuracy.html`, accuracyPage(report, { conditions, results })),
  });
  const ofScripts = scripts.flatMap((job) => {
    if (existsSync(at(job.script))) return scriptJob({ ...job, root });
    process.stderr.write(`skipped: ${job.name}, there is no ${job.script}\n`);
    return [];
  });
  const fuzz = fuzzJob({ root, messages, files });
  const killed = killsJob({ root, kills });
  return [accuracy, fuzz, wavJob({ root, files }), killed, ...ofScripts];
}

const jobs = jobsOf();
if (options.list) {
  for (const { name, title, parts } of jobs)
    console.log(`${name.padEnd(14)} ${title}; ${parts.length} parts`);
  process.exit(0);
}
const chosen = jobs.filter(({ name }) => options.only === undefined || name === options.only);
if (chosen.length === 0) refuse(`--only ${options.only}: no job is called that; see --list.`);

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'])
  process.once(name, () => interrupt.abort(new Error('interrupted; the same command goes on from here')));

let [missed, broken] = [0, 0];
for (const job of chosen) {
  process.stderr.write(`${job.title}\n`);
  try {
    const { targets } = await runLongJob(job, {
      folder,
      fresh: options.fresh === true,
      signal: interrupt.signal,
      onPart: ({ part, state, finished, parts }) =>
        process.stderr.write(`  ${finished}/${parts} ${part}${state === 'kept' ? ' (kept)' : ''}\n`),
    });
    missed += targets.filter(({ ok }) => !ok).length;
    console.log([job.name, ...targetLines(targets).map((line) => `  ${line}`)].join('\n'));
  } catch (fault) {
    process.stderr.write(`${job.name}: ${fault.message}\n`);
    if (interrupt.signal.aborted) process.exit(130);
    broken += 1; // The other jobs have nothing to do with it.
  }
}
process.exitCode = broken > 0 ? 3 : missed > 0 ? 1 : 0;
