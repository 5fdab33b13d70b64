// How fast is the console? Lines through memory and through a pseudo-terminal, reaction to an echo, eight ports at once, beside serialport
// alone, pyserial and pexpect. Writes reports/bench/console.json; exits 1 when a target is missed, 2 for options that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:console -- [options]

  --only memory|pty|reaction|ports|peers   measure one part, and write nothing
  --lines N      lines of each round in memory and on the pseudo-terminal (default: 300000)
  --rounds N     rounds of both, their medians count (default: 5)
  --echoes N     echoes (default: 2000)
  --seconds N    how long eight ports print (default: 10)
  --json         print the report as JSON and nothing else
  --help         this text
`;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, {
  only: withValue(),
  lines: withValue(300_000),
  rounds: withValue(5),
  echoes: withValue(2000),
  seconds: withValue(10),
  json: flag(),
});
const lines = wholeNumber('lines');
const measures = await import('./bench-console/measures.mjs');
const parts = {
  memory: measures.measureMemory,
  pty: measures.measurePty,
  reaction: measures.measureReaction,
  ports: measures.measurePorts,
  peers: measures.measurePeers,
};
if (options.only !== undefined && parts[options.only] === undefined)
  refuse(`--only takes ${Object.keys(parts).join(', ')}, not ${options.only}`);

const sizes = {
  lines,
  rounds: wholeNumber('rounds'),
  echoes: wholeNumber('echoes'),
  forMs: wholeNumber('seconds') * 1000,
  // pyserial's readline asks the system for each byte.
  peerLines: Math.min(20_000, lines),
};
const results = [];
// One after the other: they would disturb each other.
for (const [name, measure] of Object.entries(parts))
  if (options.only === undefined || options.only === name) results.push(await measure(sizes));

const targets = results.flatMap((result) => result.targets);
const figures = Object.assign({}, ...results.map((result) => result.figures));
const notes = results.flatMap((result) => result.notes ?? []);
const json = JSON.stringify({ targets, figures, notes }, null, 2);
if (options.only === undefined) {
  mkdirSync(at('reports/bench'), { recursive: true });
  writeFileSync(at('reports/bench/console.json'), `${json}\n`);
}
const rounded = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3));
if (options.json) console.log(json);
else {
  for (const { name, value, unit, bound, is, ok } of targets)
    console.log(`${ok ? 'ok     ' : 'MISSED '} ${name}: ${rounded(value)} ${unit} (${is} ${bound})`);
  for (const [name, value] of Object.entries(figures)) console.log(`        ${name}: ${rounded(value)}`);
  for (const note of notes) console.log(`        ${note}`);
}
process.exit(targets.every(({ ok }) => ok) ? 0 : 1);
