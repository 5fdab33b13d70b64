// Measures how fast sound is analysed and writes reports/bench/speed.json. Exits 1 when a target is missed, 2 for options
// that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { flag, readOptions } from './script-options/read-options.mjs';

const help = `npm run bench -- [options]

Locates a 2 s reference in 10 s at 48 kHz beside SciPy, analyses whole turns and recognises utterances. Prints medians and
writes reports/bench/speed.json. Exits 1 when a target is missed; one that cannot be measured here is skipped.

  --json   print the report as JSON and nothing else
  --help   this text
`;

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);

const { values: options } = readOptions(help, { json: flag() });

const { benchSpeed } = require(at('dist/harness/proving-ground/index.js'));
const report = await benchSpeed(at('fixtures'));
mkdirSync(at('reports/bench'), { recursive: true });
const json = JSON.stringify(report, null, 2);
writeFileSync(at('reports/bench/speed.json'), `${json}\n`);
if (options.json) console.log(json);
else {
  for (const { name, value, unit, bound, ok, skipped } of report.targets) {
    if (skipped === undefined)
      console.log(`${ok ? 'ok     ' : 'MISSED '} ${name}: ${value.toFixed(2)} ${unit} (at most ${bound})`);
    else console.log(`SKIPPED ${name}: ${skipped}`);
  }
  for (const [name, value] of Object.entries(report.figures))
    console.log(`        ${name}: ${value.toFixed(1)}`);
}
process.exitCode = report.targets.every(({ ok, skipped }) => ok || skipped !== undefined) ? 0 : 1;
