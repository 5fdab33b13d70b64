// How a fleet of 200 boards bears 20 000 units at an offered load of 0.95, with and without benches that are lost, cut off and deliver
// twice: the very queue, placement and fence of harness/fleet, in virtual time. Writes reports/bench/fleet.json; exits 1 when a target
// is missed, 2 for options that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { flag, readOptions } from './script-options/read-options.mjs';

const help = `npm run bench:fleet -- [options]

  --json   print the report as JSON
  --help   this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

const { values: options } = readOptions(help, { json: flag() });

const { tryFleets } = createRequire(import.meta.url)(at('dist/harness/proving-ground/index.js'));
const report = await tryFleets();
mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/fleet.json'), `${JSON.stringify(report, null, 2)}\n`);

if (options.json) console.log(JSON.stringify(report, null, 2));
else {
  for (const {
    model,
    boards,
    pieces,
    attempts,
    playing,
    flashing,
    meanUnitMs,
    waits,
    refused,
  } of report.fleets) {
    console.log(
      `${model}: ${boards} boards, ${pieces} pieces in ${attempts} attempts of ${(meanUnitMs / 1000).toFixed(0)} s`,
    );
    console.log(`  playing ${(100 * playing).toFixed(1)} %, flashing ${(100 * flashing).toFixed(1)} %`);
    for (const { priority, units, p50Ms, p95Ms } of waits)
      console.log(
        `  ${priority.padEnd(13)}${String(units).padStart(6)} units waited ${(p50Ms / 1000).toFixed(1)} s, p95 ${(p95Ms / 1000).toFixed(1)} s`,
      );
    console.log(`  refused: ${refused.stale} stale, ${refused.repeated} repeated`);
  }
  for (const { name, value, unit, bound, ok } of report.targets)
    console.log(
      `${ok ? 'ok    ' : 'MISSED'} ${name}: ${Number(value.toPrecision(4))} ${unit} (bound ${bound})`,
    );
}
process.exitCode = report.targets.every(({ ok }) => ok) ? 0 : 1;
