// The main job, `npm start`, with its processes watched while it runs: CI's soak of the harness, at no run of its own. No descriptor and no
// thread may stay open, and the host, through which all sound goes, may keep no turn's sound. `npm run test:long -- --only soak` says the rest.
// Exits with what the main job exits with, or with 1 when that is 0 and a target is missed. Writes reports/bench/main-job.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { roles, turnLine, WatchedCommand } from './process-watch/process-watch.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);

const MIB = 1024 * 1024;
const LOOK_EVERY_MS = 2_000;
/**
 * Behind the first minute all processes have started each other and the first turns are played. The host fills the ring of its capture for
 * another, and its cache of prompts, at up to 1.6 GiB an hour; who keeps the 4 MiB of sound of each turn, ten a minute, is beyond 2 at any time.
 */
const bounds = { warmUpMs: 60_000, heapBytesPerHour: { host: 2048 * MIB }, isShort: true };

const begun = process.hrtime.bigint();
const looks = [];
const take = async (asked) => {
  const atMs = Math.round(Number(process.hrtime.bigint() - begun) / 1e6);
  looks.push({ part: 1, atMs, processes: await watched.look(asked) });
};
const watched = await WatchedCommand.start({
  command: 'npm',
  args: ['start', '--prefix', at(''), '--', ...process.argv.slice(2)],
  onLine: (line) => {
    process.stdout.write(`${line}\n`);
    if (turnLine.test(line)) void take(['host']);
  },
});
const stop = (signal) => watched.child.kill(signal);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
const timer = setInterval(() => void take([]), LOOK_EVERY_MS);
const ended = await watched.ended;
clearInterval(timer);

const { judgeProcesses, targetLines } = require(at('dist/harness/proving-ground/index.js'));
const { targets, figures } = judgeProcesses(looks, roles, bounds);
mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/main-job.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
console.log(['\nits processes', ...targetLines(targets).map((line) => `  ${line}`)].join('\n'));
const kept = targets.every(({ ok }) => ok);
process.exitCode = ended === 0 ? (kept ? 0 : 1) : typeof ended === 'number' ? ended : 1;
