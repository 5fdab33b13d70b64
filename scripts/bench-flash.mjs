// How fast is flashing? A 4 MB image through the virtual board's ROM loader, over a port whose writes take their time as on a wire, beside a bare
// sender of the same packed bytes over the same port. Writes reports/bench/flash.json; exits 1 when a target is missed, 2 for options that it does not know.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { sendBare } from './bench-flash/bare-sender.mjs';
import { wirePaced } from './bench-flash/wire-paced.mjs';
import { flag, readOptions, withValue } from './script-options/read-options.mjs';

const help = `npm run bench:flash -- [options]

  --megabytes N   size of the image, 1 to 8 (default: 4)
  --rounds N      rounds at each rate, their medians count (default: 1)
  --json          print the report as JSON and nothing else
  --help          this text

A round sends the image bare and flashes it, each into a new board: at 921600 baud, at 3000000, and as fast as a pseudo-terminal goes.
`;

/** Issue 6: limited by the transport, not by us. */
const LEAST_SHARE_OF_RAW = 0.9;
/** The default of `earshot flash`, and what a CP2102N goes up to. */
const RATES = [921_600, 3_000_000];
/** On a pseudo-terminal without pacing the rate means nothing; this one keeps the answers quick. */
const UNPACED_RATE = 3_000_000;
const BLOCK_BYTES = 0x4000;
const CONSOLE_BAUD = 115_200;

const at = (path) => fileURLToPath(new URL(path, new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);

const {
  values: options,
  refuse,
  wholeNumber,
} = readOptions(help, { megabytes: withValue(4), rounds: withValue(1), json: flag() });
if (!/^[1-8]$/.test(options.megabytes)) refuse(`--megabytes takes 1 to 8, not "${options.megabytes}"`);
const roundsEach = wholeNumber('rounds');

const { flashBoard, openSerialPort } = require(at('dist/harness/board/index.js'));
const { systemClock: clock } = require(at('dist/harness/ports/index.js'));
const { seededUniform } = require(at('dist/harness/units/index.js'));

/** As dense as firmware is: of each page, six tenths do not shrink. */
function someImage(sizeBytes) {
  const uniform = seededUniform(6);
  const image = Buffer.alloc(sizeBytes, 0x41);
  for (let page = 0; page < sizeBytes; page += 0x1000)
    for (let offset = 0; offset < 0x1000 * 0.6; offset += 1)
      image[page + offset] = Math.floor(uniform() * 256);
  return image;
}

const image = someImage(Number(options.megabytes) << 20);
const packed = deflateSync(image, { level: 9 });
const blocks = [];
for (let from = 0; from < packed.length; from += BLOCK_BYTES)
  blocks.push(packed.subarray(from, from + BLOCK_BYTES));

const child = fork(fileURLToPath(new URL('bench-flash/board.mjs', import.meta.url)), { stdio: 'inherit' });
const ended = new Promise((_resolve, reject) => {
  child.once('exit', (code) => reject(new Error(`the board ended with ${code}`)));
});
ended.catch(() => undefined);
const ask = (message) => {
  const answer = new Promise((resolve) => child.once('message', resolve));
  child.send(message);
  return Promise.race([answer, ended]);
};

/** Gives a new board and its open port to what measures it. */
async function withBoard(isWirePaced, measure) {
  const { path } = await ask({ does: 'open' });
  const port = await openSerialPort({ path, baudRate: CONSOLE_BAUD, clock });
  const transport = isWirePaced ? wirePaced(port, CONSOLE_BAUD) : port;
  try {
    return await measure(transport);
  } finally {
    await transport.close();
    await ask({ does: 'close' });
  }
}

/** Packing, writing and the MD5 of the chip; and all of it, from the first word to the restart. */
async function flash(transport, baudRate) {
  let comparedAt = 0;
  let writtenAt = 0;
  const startedAt = performance.now();
  await flashBoard({
    transport,
    plan: { path: 'bench', layout: 'merged', regions: [{ name: 'image', offset: 0, bytes: image }] },
    baudRate,
    writesAll: true,
    clock,
    onProgress: ({ step }) => {
      if (step === 'compare') comparedAt = performance.now();
      if (step === 'written') writtenAt = performance.now();
      if (step === 'slower') throw new Error('the line broke off, so nothing was measured');
    },
  });
  return { writeMs: writtenAt - comparedAt, wholeMs: performance.now() - startedAt };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(baudRate, isWirePaced) {
  const rounds = [];
  for (let round = 0; round < roundsEach; round += 1) {
    const bare = await withBoard(isWirePaced, (transport) =>
      sendBare(transport, { blocks, sizeBytes: image.length, baudRate }),
    );
    rounds.push({ bare, ...(await withBoard(isWirePaced, (transport) => flash(transport, baudRate))) });
  }
  return {
    share: median(rounds.map(({ bare, writeMs }) => bare.forMs / writeMs)),
    wholeShare: median(rounds.map(({ bare, wholeMs }) => bare.forMs / wholeMs)),
    bareBytesPerS: median(rounds.map(({ bare }) => (bare.wireBytes / bare.forMs) * 1000)),
    bareMs: median(rounds.map(({ bare }) => bare.forMs)),
    writeMs: median(rounds.map(({ writeMs }) => writeMs)),
  };
}

const targets = [];
const figures = { 'packed image, share of its size': packed.length / image.length };
for (const baudRate of RATES) {
  const { share, wholeShare, bareBytesPerS, bareMs, writeMs } = await measure(baudRate, true);
  targets.push({
    name: `writing and verifying at ${baudRate} baud, share of the bare sender's throughput`,
    value: share,
    unit: 'of it',
    bound: LEAST_SHARE_OF_RAW,
    is: 'at least',
    ok: share >= LEAST_SHARE_OF_RAW,
  });
  figures[`${baudRate} baud: bare sender, bytes/s on the wire`] = bareBytesPerS;
  figures[`${baudRate} baud: bare sender, s`] = bareMs / 1000;
  figures[`${baudRate} baud: packed, written and verified, s`] = writeMs / 1000;
  figures[`${baudRate} baud: from connecting to the restart, share of the bare sender's throughput`] =
    wholeShare;
}
const unpaced = await measure(UNPACED_RATE, false);
figures['without a wire: bare sender, s'] = unpaced.bareMs / 1000;
figures['without a wire: packed, written and verified, s'] = unpaced.writeMs / 1000;
child.disconnect();

const json = JSON.stringify({ targets, figures }, null, 2);
mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/flash.json'), `${json}\n`);
const rounded = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3));
if (options.json) console.log(json);
else {
  for (const { name, value, unit, bound, is, ok } of targets)
    console.log(`${ok ? 'ok     ' : 'MISSED '} ${name}: ${rounded(value)} ${unit} (${is} ${bound})`);
  for (const [name, value] of Object.entries(figures)) console.log(`        ${name}: ${rounded(value)}`);
}
process.exit(targets.every(({ ok }) => ok) ? 0 : 1);
