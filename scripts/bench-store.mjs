// What it costs to have a turn on the disk before it is acknowledged: the store of a run with its captures, against the same bytes in
// one file with one fsync. Writes reports/bench/store.json; exits 1 when a target is missed.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);
const { createRedactor, createRunStore, machineFiles } = require(at('dist/harness/run/writer.js'));
const { killedRecord, turnOf } = require(at('dist/harness/proving-ground/kills/written-turn.js'));

const TURNS = 60;
/** 5 s of two channels at 48 kHz, 16 bit: what a rig captures in a turn. */
const CAPTURE = Buffer.alloc(960_000, 1);
const LINES = 200;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const inMs = (values) => ({
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  max: Math.max(...values),
});

mkdirSync(at('reports/bench'), { recursive: true });
// Beside the runs: another disk has other costs.
const folder = mkdtempSync(join(at('reports'), 'bench-store-'));

const open = (name, files) =>
  createRunStore({
    reportsPath: join(folder, name),
    record: killedRecord,
    redactor: createRedactor(),
    nowIso: new Date().toISOString(),
    files,
  });
const synced = open('synced', machineFiles);
const unsynced = open('unsynced', {
  ...machineFiles,
  sync: () => Promise.resolve(),
  syncNow: () => undefined,
});

async function storeTurn(store, count) {
  const turn = turnOf(count, LINES);
  const from = now();
  store.saveBytes(`board/captures/${turn.record.turnId}.wav`, CAPTURE);
  await store.appendTurn(turn);
  return now() - from;
}

function bare(count) {
  const line = Buffer.from(`${JSON.stringify(turnOf(count, LINES))}\n`);
  const from = now();
  const file = openSync(join(folder, `bare-${count}`), 'w');
  writeSync(file, CAPTURE);
  writeSync(file, line);
  fsyncSync(file);
  closeSync(file);
  return now() - from;
}

const times = { synced: [], unsynced: [], bare: [], blocked: [] };
try {
  for (let count = 1; count <= TURNS; count += 1) {
    // In turn: the disk has its moods, and all are to share them.
    times.bare.push(bare(count));
    times.unsynced.push(await storeTurn(unsynced, count));
    // How long the process could not read its board meanwhile.
    let latest = now();
    let longest = 0;
    let done = false;
    const watch = () => {
      longest = Math.max(longest, now() - latest);
      latest = now();
      if (!done) setImmediate(watch);
    };
    setImmediate(watch);
    times.synced.push(await storeTurn(synced, count));
    done = true;
    times.blocked.push(longest);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const figures = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, inMs(values)]));
const costMs = figures.synced.p95 - figures.unsynced.p95;
const { synced: ours, bare: peer } = figures;
const medianBoundMs = 2 * peer.p50 + 5;
/** 1 % of a short turn, of 4 s. */
const TAIL_BOUND_MS = 40;
const targets = [
  {
    name: 'turn on the disk before it is acknowledged, median',
    value: ours.p50,
    unit: 'ms',
    bound: `<= ${medianBoundMs.toFixed(1)} ms: twice the same bytes in one file with one fsync, and 5 ms`,
    ok: ours.p50 <= medianBoundMs,
  },
  {
    name: 'turn on the disk before it is acknowledged, p95',
    value: ours.p95,
    unit: 'ms',
    bound: `<= ${TAIL_BOUND_MS} ms: 1 % of a turn of 4 s`,
    ok: ours.p95 <= TAIL_BOUND_MS,
  },
];
const report = { turns: TURNS, captureBytes: CAPTURE.length, costMs, figures, targets };
writeFileSync(at('reports/bench/store.json'), `${JSON.stringify(report, null, 2)}\n`);
for (const [name, { p50, p95, max }] of Object.entries(figures))
  console.log(
    `${name.padEnd(10)} p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, max ${max.toFixed(2)} ms`,
  );
console.log(`fsync at the end of a turn costs ${costMs.toFixed(2)} ms at p95`);
for (const { name, value, bound, ok } of targets)
  console.log(`${ok ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(2)} ms, ${bound}`);
process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
