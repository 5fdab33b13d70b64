// Two agents on a real Redis, and all that may go wrong between them: every unit once in the merged run, the verdict unchanged, a lost
// agent's unit elsewhere in time. Writes reports/fleet/faults.json; exits 1 when a target is missed, 2 for options that it does not know.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `npm run test:fleet -- [options]

  --small  a short lease and few units, as CI has it; times are told and judge nothing
  --json   print the report as JSON
  --help   this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

function optionsOf() {
  try {
    return parseArgs({
      options: {
        small: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (fault) {
    process.stderr.write(`${fault.message}\n\n${help}`);
    return process.exit(2);
  }
}

const options = optionsOf();
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}
if (spawnSync('redis-server', ['--version']).status !== 0) {
  process.stdout.write('skipped: redis-server is not installed (apt-get install redis-server)\n');
  process.exit(0);
}

const require = createRequire(import.meta.url);
const { tryFleetFaults } = require(at('dist/harness/proving-ground/fleet/try-fleet-faults.js'));
require('esbuild-register/dist/node').register();
const { RedisServer } = require(at('harness/fleet/__fixtures__/redis-server'));

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
const sizes = options.small
  ? { leaseMs: 3_000, unitMs: 500, units: 8 }
  : { leaseMs: 30_000, unitMs: 2_000, units: 60 };
const redis = await RedisServer.start();
let report;
try {
  report = await tryFleetFaults({
    root: at('.'),
    redis,
    ...sizes,
    onTrial: ({ fault, ok, wrong, tookMs, elsewhereMs, units, attempts, refused, verdict }) => {
      const elsewhere = elsewhereMs === undefined ? '' : `, elsewhere after ${seconds(elsewhereMs)}`;
      process.stderr.write(
        `${ok ? 'ok   ' : 'WRONG'} ${fault}: ${units} units in ${attempts} attempts, ${refused} refused${elsewhere}; ${seconds(tookMs)}; ${verdict}${ok ? '' : `: ${wrong.join('; ')}`}\n`,
      );
    },
  });
} finally {
  await redis.close();
}
const { said, ...kept } = report;
mkdirSync(at('reports/fleet'), { recursive: true });
writeFileSync(
  at('reports/fleet/faults.json'),
  `${JSON.stringify({ schema: 'earshot/fleet-faults@1', ...sizes, ...kept }, null, 2)}\n`,
);
if (options.json) console.log(JSON.stringify(kept, null, 2));
for (const { name, value, unit, bound, ok } of report.targets)
  process.stderr.write(
    `${ok ? 'ok    ' : 'MISSED'} ${name}: ${Number(value.toPrecision(3))} ${unit} (at most ${bound})\n`,
  );
// Beside other work times are no figures: CI judges what became of the units alone.
const isGood = options.small ? report.trials.every(({ ok }) => ok) : report.targets.every(({ ok }) => ok);
if (!isGood) process.stderr.write(`${said.slice(-60).join('\n')}\n`);
process.exitCode = isGood ? 0 : 1;
