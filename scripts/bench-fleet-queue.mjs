// What the queue takes of a unit's time: two agents of two boards each, as processes on a real Redis, play units of half a second. Counted
// is what a board stands still for the queue: from asking for a unit to having it, where there is one, and from handing its bundle's name
// in to the answer. Not counted: playing, packing and storing bundles, and looking for work where there is none. Redis is set up as
// docs/fleet.md says. Writes reports/bench/fleet-overhead.json; exits 1 when the target is missed, 2 for options that it does not know.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:fleet-queue -- [options]

  --units N  how many units (default: 300)
  --fsync W  when Redis writes to disk: everysec, as docs/fleet.md has it (default), or always
  --json     print the report as JSON
  --help     this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

const { values: options, refuse } = readOptions(help, {
  units: withValue(300),
  fsync: withValue('everysec'),
  json: flag(),
});
const units = Number(options.units);
if (!Number.isInteger(units) || units < 20 || !['everysec', 'always'].includes(options.fsync))
  refuse('--units takes a number from 20 and --fsync everysec or always.');
if (spawnSync('redis-server', ['--version']).status !== 0) {
  process.stdout.write('skipped: redis-server is not installed (apt-get install redis-server)\n');
  process.exit(0);
}

const require = createRequire(import.meta.url);
const { TrialFleet } = require(at('dist/harness/proving-ground/fleet/trial-fleet.js'));
const { BullMqQueue } = require(at('dist/harness/fleet/bullmq/index.js'));
require('esbuild-register/dist/node').register();
const { RedisServer } = require(at('harness/fleet/__fixtures__/redis-server'));

const UNIT_MS = 500;
const LEASE_MS = 30_000;
const MOST_MS = 50;
const BENCHES = ['one', 'two'];
const BOARDS = 2;
/** The first units of an agent open its queues. */
const FIRST = 8;

const needs = { boardModel: 'Trial', rig: 'none', language: 'en', provider: 'mock' };
const orderOf = (count, name) => ({
  priority: 'gate',
  firmwareSha256: name,
  boards: BENCHES.length * BOARDS,
  pieces: Array.from({ length: count }, () => ({ needs, suites: ['trial'], expectedMs: UNIT_MS })),
});
const quantile = (values, share) =>
  values[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? NaN;

async function overheads() {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-fleet-queue-'));
  const redis = await RedisServer.start({ appendfsync: options.fsync });
  const fleet = new TrialFleet(at('.'), () => performance.now());
  const queue = await BullMqQueue.open({ redis: redis.address, prefix: 'trial', leaseMs: LEASE_MS });
  try {
    const start = (bench) => {
      mkdirSync(join(folder, bench));
      return fleet.start({
        redis: redis.address,
        prefix: 'trial',
        bench,
        boards: BOARDS,
        bundles: pathToFileURL(join(folder, 'bundles')).href,
        leaseMs: LEASE_MS,
        unitMs: UNIT_MS,
        template: at('fixtures/runs/gate-crash'),
        folder: join(folder, bench),
        deliversTwice: false,
      });
    };
    await Promise.all(BENCHES.map(start));
    const played = async (order) => {
      const over = new Promise((resolve) => queue.onJobOver(resolve));
      await queue.submit(order);
      await over;
    };
    await played(orderOf(FIRST, 'first'));
    const before = fleet.heard.length;
    await played(orderOf(units, 'counted'));
    return fleet.heard
      .slice(before)
      .flatMap(({ word }) => (word.what === 'delivered' ? [word.overheadMs] : []))
      .sort((a, b) => a - b);
  } finally {
    await fleet.close();
    await queue.close();
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const loads = [loadavg()[0]];
const overheadMs = await overheads();
loads.push(loadavg()[0]);
const p95Ms = quantile(overheadMs, 0.95);
const report = {
  schema: 'earshot/fleet-overhead@1',
  units: overheadMs.length,
  boards: BENCHES.length * BOARDS,
  appendfsync: options.fsync,
  p50Ms: quantile(overheadMs, 0.5),
  p95Ms,
  mostMs: overheadMs.at(-1),
  loadAverage: loads,
  targets: [
    {
      name: 'time of the queue for a unit, p95',
      value: p95Ms,
      unit: 'ms',
      bound: MOST_MS,
      ok: p95Ms < MOST_MS,
    },
  ],
};
mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/fleet-overhead.json'), `${JSON.stringify(report, null, 2)}\n`);
if (options.json) console.log(JSON.stringify(report, null, 2));
else {
  const { p50Ms, mostMs } = report;
  console.log(
    `${report.units} units on ${report.boards} boards, appendfsync ${options.fsync}: ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, at most ${mostMs.toFixed(1)} ms`,
  );
  for (const { name, value, unit, bound, ok } of report.targets)
    console.log(
      `${ok ? 'ok    ' : 'MISSED'} ${name}: ${Number(value.toPrecision(3))} ${unit} (less than ${bound})`,
    );
}
process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
