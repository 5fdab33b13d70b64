// Does a rig on a real sound server lose sound? Captures for as long as is said while known noise is played for nine of every ten seconds,
// holds every captured sample against what was played, and watches the memory. Writes reports/bench/capture.json; exits 1 when a target is
// missed, 3 when the sound server's packages are missing.
//
//   npm run bench:capture -- [--seconds N] [--kind pulse|alsa] [--resume FILE] [--json] [--help]
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);

const RATE_HZ = 48_000;
/** A part: one stretch of noise, and silence around it. */
const PART_S = 10;
const NOISE_S = 9;
/** The ring of the rig is full after 130 s; memory is judged from there on. */
const SETTLED_S = 140;

const help = `npm run bench:capture -- [options]

  --seconds N        how much is captured (60)
  --kind pulse|alsa  way into the sound server (pulse)
  --resume FILE      keeps what was seen in this file, and goes on from it
  --json             print the report as JSON
  --help             this text
`;
const { values, refuse, wholeNumber } = readOptions(help, {
  seconds: withValue(60),
  kind: withValue('pulse'),
  resume: withValue(),
  json: flag(),
});
const seconds = wholeNumber('seconds');
if (!['pulse', 'alsa'].includes(values.kind)) refuse(`--kind takes pulse or alsa, not "${values.kind}".`);
if (process.env.EARSHOT_BENCH_CAPTURE === undefined) {
  // Once more, inside a sound server of its own.
  const inside = spawnSync(
    process.execPath,
    [at('scripts/with-pulse.mjs'), '--', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, EARSHOT_BENCH_CAPTURE: '1' } },
  );
  // What with-pulse calls a wrong call is a missing package here.
  process.exitCode = inside.status === 2 ? 3 : (inside.status ?? 1);
} else await main();

async function main() {
  const parts = Math.ceil(seconds / PART_S);
  const kept = values.resume !== undefined && existsSync(values.resume) ? readParts(values.resume) : [];
  const session = kept.reduce((most, part) => Math.max(most, part.session), 0) + 1;
  const results = kept.slice(0, parts);
  if (results.length < parts) {
    const rig = await openRig();
    let lost;
    rig.onLost((error) => (lost = error));
    const samples = noise();
    try {
      let from = rig.position;
      while (results.length < parts) {
        const result = { session, ...(await capturePart(rig, samples, from)) };
        from += PART_S * RATE_HZ;
        results.push(result);
        if (values.resume !== undefined) appendFileSync(values.resume, `${JSON.stringify(result)}\n`);
      }
    } catch (fault) {
      console.error(lost?.message ?? fault.message);
      process.exitCode = 3;
      return;
    } finally {
      await rig.close();
    }
  }
  write(results);
}

function readParts(path) {
  return (
    readFileSync(path, 'utf8')
      .split('\n')
      // The last line may be torn.
      .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []))
  );
}

function openRig() {
  const { openAlsaRig, openPulseRig } = require(at('dist/harness/rig/index.js'));
  const { systemClock } = require(at('dist/harness/ports/index.js'));
  const common = {
    name: 'bench',
    rateHz: RATE_HZ,
    format: 'S16_LE',
    channels: { speaker: 1, loopback: 0 },
    clock: systemClock,
    environment: process.env,
  };
  return values.kind === 'alsa'
    ? openAlsaRig({ ...common, card: 'pcm:earshot_rig', device: 0, inputs: 2, outputs: 1 })
    : openPulseRig({ ...common, sink: 'cable_to_mic', source: 'earshot_rig.monitor' });
}

/** White noise that 16 bits hold exactly, never 0. */
function noise() {
  const { seededUniform } = require(at('dist/harness/units/index.js'));
  const uniform = seededUniform(1);
  return Float32Array.from({ length: NOISE_S * RATE_HZ }, () => {
    const value = Math.round((uniform() - 0.5) * 20_000);
    return (value === 0 ? 1 : value) / 32_768;
  });
}

/** Ten seconds of capture: the noise is in it once and whole, and nothing else is. */
async function capturePart(rig, samples, from) {
  const to = from + PART_S * RATE_HZ;
  const { startedAtRigSample } = await rig.play({ rateHz: RATE_HZ, samples });
  const { channels, xruns, maxLagMs } = await rig.capture(from, to);
  const [speaker, loopback] = channels;
  const first = loopback.findIndex((value) => value !== 0);
  let wrongSamples = 0;
  for (let i = 0; i < loopback.length; i++) {
    const expected = first < 0 ? 0 : (samples[i - first] ?? 0);
    if (loopback[i] !== expected || speaker[i] !== 0) wrongSamples += 1;
  }
  return {
    capturedSamples: loopback.length,
    wrongSamples: first < 0 ? samples.length : wrongSamples,
    wayMs: ((first + from - startedAtRigSample) * 1000) / RATE_HZ,
    maxLagMs,
    overruns: xruns.filter(({ kind }) => kind !== 'underrun').length,
    underruns: xruns.filter(({ kind }) => kind === 'underrun').length,
    rssMb: process.memoryUsage().rss / 1e6,
  };
}

function write(results) {
  const sum = (key) => results.reduce((total, part) => total + part[key], 0);
  const capturedS = sum('capturedSamples') / RATE_HZ;
  // A gap that the rig told of spoils a take and no number; what is wrong without a word is a wrong number.
  const samplesOf = (chosen) => results.filter(chosen).reduce((total, part) => total + part.wrongSamples, 0);
  const untold = samplesOf(({ overruns, underruns }) => overruns + underruns === 0);
  const lost = samplesOf(({ overruns, underruns }) => overruns > 0 && underruns === 0);
  const targets = [
    { name: 'samples wrong without a word', value: untold, unit: '', bound: '= 0', ok: untold === 0 },
    {
      name: 'samples wrong behind a gap in the capture',
      value: lost,
      unit: '',
      bound: '= 0',
      ok: lost === 0,
    },
    ...memoryTarget(results),
  ];
  const report = {
    kind: values.kind,
    capturedS,
    sessions: new Set(results.map(({ session }) => session)).size,
    underruns: sum('underruns'),
    gapsByTheClock: sum('overruns'),
    ways: waysOf(results),
    targets,
    parts: results,
  };
  mkdirSync(at('reports/bench'), { recursive: true });
  const text = `${JSON.stringify(report, null, 2)}\n`;
  writeFileSync(at('reports/bench/capture.json'), text);
  if (values.json) process.stdout.write(text);
  else {
    console.log(
      `${values.kind}: ${capturedS} s in ${report.sessions} session(s), ${report.underruns} underruns of the player, ${report.gapsByTheClock} gaps by the host's clock, ${report.ways.length} ways: ${report.ways.map((ms) => `${ms.toFixed(3)} ms`).join(', ')}`,
    );
    for (const { name, value, unit, bound, ok } of targets)
      console.log(`${ok ? 'ok    ' : 'MISSED'} ${name}: ${Number(value.toFixed(1))} ${unit} (${bound})`);
  }
  process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
}

/** From output to capture, in each session: one way for as long as no player had to be replaced. */
function waysOf(results) {
  return [...new Set(results.filter(({ wrongSamples }) => wrongSamples === 0).map(({ wayMs }) => wayMs))];
}

/** Growth behind the time in which the ring fills, in the longest session; nothing to say of a short one. */
function memoryTarget(results) {
  const longest = Math.max(
    ...results.map(({ session }) => results.filter((part) => part.session === session).length),
  );
  const parts = results.filter(
    ({ session }) => results.filter((part) => part.session === session).length === longest,
  );
  const settled = parts.slice(SETTLED_S / PART_S).map(({ rssMb }) => rssMb);
  if (settled.length < 6) return [];
  const mean = (list) => list.reduce((total, value) => total + value, 0) / list.length;
  const third = Math.floor(settled.length / 3);
  const value =
    (100 * (mean(settled.slice(-third)) - mean(settled.slice(0, third)))) / mean(settled.slice(0, third));
  return [{ name: 'memory, last third over first', value, unit: '%', bound: '<= 10', ok: value <= 10 }];
}
