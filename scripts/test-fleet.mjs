// Two agents on a real Redis, with two virtual boards each: what `earshot fleet submit` makes of a job is held against `earshot run` on one
// board. Then all that may go wrong between agents: every unit once in the merged run, the verdict unchanged, a lost agent's unit elsewhere
// in time. Writes reports/bench/fleet-queue.json as each trial ends (with --small reports/fleet/small.json); exits 1 when a target is missed
// or a unit was lost, twice there or judged otherwise, 2 for options that it does not know.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run test:fleet -- [options]

  --small  a short lease and few units, as CI has it; times are told and judge nothing
  --only P agents (as they are) or faults (trials with boards of nothing); what the report has of the other stays in it.
           With --small agents play one unit
  --json   print the report as JSON
  --help   this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

const { values: options, refuse } = readOptions(help, { small: flag(), only: withValue(), json: flag() });
if (options.only !== undefined && !['agents', 'faults'].includes(options.only))
  refuse(`--only takes agents or faults, not "${options.only}".`);
if (spawnSync('redis-server', ['--version']).status !== 0) {
  process.stdout.write('skipped: redis-server is not installed (apt-get install redis-server)\n');
  process.exit(0);
}

const require = createRequire(import.meta.url);
const { tryFleetFaults } = require(at('dist/harness/proving-ground/fleet/try-fleet-faults.js'));
const { tryRealAgents } = require(at('dist/harness/proving-ground/fleet/try-real-agents.js'));
const { tryAgentsInSmall } = require(at('dist/harness/proving-ground/fleet/try-agents-in-small.js'));
require('esbuild-register/dist/node').register();
const { RedisServer } = require(at('harness/fleet/__fixtures__/redis-server'));
const images = require(at('harness/board/esp32s3/image/__fixtures__/build-image'));

/** Of agents as they are in small: theirs is no bound, and a machine that is busy is not to lose them. */
const AGENTS_LEASE_MS = 8_000;
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
const sizes = options.small
  ? { leaseMs: 3_000, unitMs: 500, units: 8, calmUnits: 8 }
  : { leaseMs: 30_000, unitMs: 2_000, units: 60, calmUnits: 180 };
const reportPath = at(options.small ? 'reports/fleet/small.json' : 'reports/bench/fleet-queue.json');
const parts = options.only === undefined ? ['agents', 'faults'] : [options.only];
const report = {
  schema: 'earshot/fleet-queue@1',
  ...sizes,
  agents: [],
  trials: [],
  targets: [],
};
/** What another run left of the part that this one leaves out, where its trials were as large; of what it has itself, nothing. */
function otherPart() {
  if (parts.length > 1 || !existsSync(reportPath)) return { agents: [], trials: [], targets: [] };
  const before = JSON.parse(readFileSync(reportPath, 'utf8'));
  const isAlike = Object.entries(sizes).every(([name, value]) => before[name] === value);
  const isKept = (part) => isAlike && !parts.includes(part);
  return {
    agents: isKept('agents') ? before.agents : [],
    trials: isKept('faults') ? before.trials : [],
    targets: before.targets.filter(({ part }) => isKept(part)),
  };
}

/** What there is by then: a trial that hangs leaves those before it. */
function keep(more = {}) {
  Object.assign(report, more);
  const { agents, trials, targets } = otherPart();
  const both = {
    ...report,
    agents: [...agents, ...report.agents],
    trials: [...trials, ...report.trials],
    targets: [...targets, ...report.targets],
  };
  mkdirSync(dirname(reportPath), { recursive: true });
  writeFileSync(
    reportPath,
    `${JSON.stringify({ ...both, isWhole: ['agents', 'faults'].every((part) => both.targets.some((target) => target.part === part)) }, null, 2)}\n`,
  );
}

/** A made-up firmware of the boards' project; of two, each has an ELF of its own. */
function imageOf(folder, name, elfSha256, constants = '') {
  const description = images.describeApp({
    project: 'hunyuan_chat',
    version: '1.0.0',
    elfSha256: elfSha256.padEnd(64, '0'),
  });
  const app = images.someApp(Buffer.concat([description, Buffer.from(constants)]));
  const path = join(folder, `${name}.bin`);
  const parts = {
    0: images.someBootloader(),
    0x8000: images.buildTable(images.someTable),
    0x10000: app,
  };
  writeFileSync(path, images.buildMerged(parts));
  return path;
}

function onAgentsTrial(trial) {
  const { name, wrong, tookMs, freeAfterMs, elsewhereMs } = trial;
  const times = [
    seconds(tookMs),
    ...(freeAfterMs === undefined ? [] : [`free after ${seconds(freeAfterMs)}`]),
    ...(elsewhereMs === undefined ? [] : [`elsewhere after ${seconds(elsewhereMs)}`]),
  ];
  const line = `${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${name}: ${[...times, ...wrong].join('; ')}`;
  process.stderr.write(`${line}\n`);
  keep({ agents: [...report.agents, trial] });
}

async function tryAgents(redis) {
  const given = {
    root: at('.'),
    redis: redis.address,
    environment: process.env,
    onTrial: onAgentsTrial,
  };
  if (options.small) return tryAgentsInSmall({ ...given, leaseMs: AGENTS_LEASE_MS });
  const folder = mkdtempSync(join(tmpdir(), 'earshot-images-'));
  try {
    return await tryRealAgents({
      ...given,
      firmware: {
        good: imageOf(folder, 'good', 'aaaaaaaaa1'),
        faulty: imageOf(
          folder,
          'faulty',
          'bbbbbbbbb2',
          'virtual-board:fault=garbled-answer\0'.padEnd(36, '\0'),
        ),
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tryFaults = (redis) =>
  tryFleetFaults({
    root: at('.'),
    redis,
    ...sizes,
    onTrial: (trial) => {
      const { fault, ok, wrong, tookMs, elsewhereMs, units, attempts, refused, verdict } = trial;
      const elsewhere = elsewhereMs === undefined ? '' : `, elsewhere after ${seconds(elsewhereMs)}`;
      process.stderr.write(
        `${ok ? 'ok   ' : 'WRONG'} ${fault}: ${units} units in ${attempts} attempts, ${refused} refused${elsewhere}; ${seconds(tookMs)}; ${verdict}${ok ? '' : `: ${wrong.join('; ')}`}\n`,
      );
      keep({ trials: [...report.trials, trial] });
    },
  });

const said = [];
const loads = [loadavg()[0]];
const redis = await RedisServer.start();
try {
  if (parts.includes('agents')) said.push(...(await tryAgents(redis)).said);
  loads.push(loadavg()[0]);
  if (parts.includes('faults')) {
    const { said: words, targets, ...found } = await tryFaults(redis);
    said.push(...words);
    keep({ ...found, targets: targets.map((target) => ({ ...target, part: 'faults' })) });
  }
} finally {
  await redis.close();
}
loads.push(loadavg()[0]);
const lost = report.agents.flatMap(({ elsewhereMs }) => elsewhereMs ?? []);
const untrue = report.agents.filter(({ wrong }) => wrong.length > 0).length;
if (parts.includes('agents')) {
  const bound = {
    name: 'trials of agents as they are in which something was wrong',
    value: untrue,
    unit: '',
    part: 'agents',
  };
  report.targets.push({ ...bound, bound: 0, ok: untrue === 0 });
  if (lost.length > 0) {
    const value = Math.max(...lost) / 1_000;
    report.targets.push({
      name: 'kill -9 of an agent as it is to its unit elsewhere',
      value,
      unit: 's',
      bound: 90,
      ok: value <= 90,
      part: 'agents',
    });
  }
}
keep({ loadAverage: loads });
if (options.json) console.log(JSON.stringify(report, null, 2));
for (const { name, value, unit, bound, ok } of report.targets)
  process.stderr.write(
    `${ok ? 'ok    ' : options.small ? 'told  ' : 'MISSED'} ${name}: ${Number(value.toPrecision(3))} ${unit} (at most ${bound})\n`,
  );
// Beside other work times are no figures: CI judges what became of the units alone.
const isGood = options.small
  ? report.trials.every(({ ok }) => ok) && untrue === 0
  : report.targets.every(({ ok }) => ok);
if (!isGood) process.stderr.write(`${said.slice(-80).join('\n')}\n`);
process.exitCode = isGood ? 0 : 1;
