// How fast is the console? Lines through memory and through a pseudo-terminal, reaction to an echo, eight ports at once, beside serialport
// alone, pyserial and pexpect. Writes reports/bench/console.json; exits 1 when a target is missed, 2 for options that it does not know.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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

function refuse(message) {
  process.stderr.write(`${message}\n\n${help}`);
  return process.exit(2);
}

function optionsOf() {
  const number = (fallback) => ({ type: 'string', default: String(fallback) });
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        lines: number(300_000),
        rounds: number(5),
        echoes: number(2000),
        seconds: number(10),
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (fault) {
    return refuse(fault.message);
  }
}

const options = optionsOf();
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}
for (const name of ['lines', 'rounds', 'echoes', 'seconds'])
  if (!/^[1-9]\d*$/.test(options[name]))
    refuse(`--${name} takes a whole number from 1, not "${options[name]}"`);

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
  lines: Number(options.lines),
  rounds: Number(options.rounds),
  echoes: Number(options.echoes),
  forMs: Number(options.seconds) * 1000,
  // pyserial's readline asks the system for each byte.
  peerLines: Math.min(20_000, Number(options.lines)),
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
