// Does the harness itself keep what it opens? A soak of the virtual board with every process of the harness watched: descriptors, threads,
// private memory, and the heap that a collection leaves. A job of `npm run test:long` (`--only soak`). What the soak says of the virtual
// board counts for nothing here. Writes reports/bench/soak-harness.json; exits 1 when a target is missed, 2 for options that it does not
// know, 3 when the soak ended early, 130 after Ctrl-C: with `--resume FILE` it goes on.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { roles, turnLine, WatchedCommand } from './process-watch/process-watch.mjs';
import { readOptions, withValue } from './script-options/read-options.mjs';

const help = `node scripts/soak-harness.mjs [options]

  --minutes N    how long (120)
  --bench FILE   bench of virtual parts (fixtures/benches/virtual.yaml)
  --resume FILE  keeps what was seen in this file, and goes on from it
  --help         this text
`;

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);
const { judgeProcesses, targetLines } = require(at('dist/harness/proving-ground/index.js'));

const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;
/** Of what a soak says, so much is shown when it ends early: its findings and its verdict. */
const LAST_LINES = 60;
/** So many looks are enough for a slope, however long the soak. */
const LOOKS = 360;
/** The ring of the capture is full after 130 s, and V8 has sized its heap; a long soak has played each prompt in its first tenth. */
const warmUpMs = (minutes) => Math.max(150_000, Math.min(15 * MINUTE_MS, (minutes * MINUTE_MS) / 10));
const bounds = {
  heapBytesPerHour: Object.fromEntries(roles.map((role) => [role, 4 * MIB])),
  privateBytesPerHour: 16 * MIB,
};

const { values: options, refuse } = readOptions(help, {
  minutes: withValue(120),
  bench: withValue(at('fixtures/benches/virtual.yaml')),
  resume: withValue(),
});
const minutes = Number(options.minutes);
if (!(minutes > 0)) refuse(`--minutes: a number above 0 is wanted, not "${options.minutes}".`);

/** What was seen so far; the last line may be torn. */
const kept =
  options.resume === undefined || !existsSync(options.resume)
    ? []
    : readFileSync(options.resume, 'utf8')
        .split('\n')
        .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []));
const looks = [...kept];
const part = (kept.at(-1)?.part ?? 0) + 1;
const seenMs = () => {
  const ends = new Map(looks.map((look) => [look.part, look.atMs]));
  return [...ends.values()].reduce((sum, ms) => sum + ms, 0);
};

const bytesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );

/** @returns How the soak ended and what it said last; undefined when there was nothing left of it. */
async function soak(reports) {
  const leftMinutes = minutes - seenMs() / MINUTE_MS;
  if (leftMinutes < 0.5) return undefined;
  const everyMs = (minutes * MINUTE_MS) / LOOKS;
  const begun = process.hrtime.bigint();
  let [turns, dueMs, looking] = [0, 0, Promise.resolve()];
  const lastLines = [];
  const look = async () => {
    const atMs = Number(process.hrtime.bigint() - begun) / 1e6;
    if (atMs < dueMs) return;
    dueMs = atMs + everyMs;
    const processes = await watched.look();
    const seen = { part, atMs: Math.round(atMs), turns, folderBytes: bytesBelow(reports), processes };
    looks.push(seen);
    if (options.resume !== undefined) appendFileSync(options.resume, `${JSON.stringify(seen)}\n`);
  };
  const args = ['soak', '--minutes', leftMinutes.toFixed(3), '--bench', options.bench, '--reports', reports];
  const watched = await WatchedCommand.start({
    args: [at('dist/harness/cli/main.js'), ...args],
    onLine: (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      if (!turnLine.test(line)) return;
      turns += 1;
      if (turns % 50 === 0) process.stderr.write(`  ${turns} turns, ${looks.length} looks\n`);
      looking = looking.then(look);
    },
  });
  // Once: a second interrupt would tell it not to wait for its bench.
  let isToEnd = false;
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      if (!isToEnd) watched.child.kill('SIGINT');
      isToEnd = true;
    });
  }
  const ended = await watched.ended;
  await looking;
  return { ended, lastLines };
}

const reports = mkdtempSync(join(tmpdir(), 'earshot-soak-harness-'));
try {
  const { ended, lastLines = [] } = (await soak(reports)) ?? {};
  if (ended === 130) process.exitCode = 130;
  else if (seenMs() < 0.95 * minutes * MINUTE_MS) {
    process.stderr.write(
      `The soak ended early, with ${ended}, after ${(seenMs() / MINUTE_MS).toFixed(1)} min. It said last:\n` +
        lastLines.map((line) => `  | ${line}\n`).join(''),
    );
    process.exitCode = 3;
  } else finish();
} finally {
  rmSync(reports, { recursive: true, force: true });
}

function finish() {
  const report = judgeProcesses(looks, roles, { ...bounds, warmUpMs: warmUpMs(minutes) });
  const folders = new Map(looks.map((look) => [look.part, look]));
  const last = [...folders.values()];
  const figures = {
    ...report.figures,
    minutes: seenMs() / MINUTE_MS,
    turns: last.reduce((sum, look) => sum + look.turns, 0),
    'files of the run, MiB per hour':
      (last.reduce((sum, { folderBytes }) => sum + folderBytes, 0) / MIB / seenMs()) * 60 * MINUTE_MS,
  };
  mkdirSync(at('reports/bench'), { recursive: true });
  writeFileSync(
    at('reports/bench/soak-harness.json'),
    `${JSON.stringify({ targets: report.targets, figures }, null, 2)}\n`,
  );
  for (const line of targetLines(report.targets)) console.log(line);
  process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
}
