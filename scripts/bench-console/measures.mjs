// What the console bench measures, each measure against what bounds it in the same run.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MARK_EVERY, patterns, printedLines } from './lines.mjs';
import { missingPeer, peerLinesPerS } from './peers.mjs';

const require = createRequire(import.meta.url);
const dist = (path) => require(fileURLToPath(new URL(`../../dist/harness/${path}`, import.meta.url)));
const { RecordedConsole, openSerialPort } = dist('board/index.js');
const { systemClock: clock } = dist('ports/index.js');
const { SerialPort } = require('serialport');

/** DESIGN section 11, and issue 6 for the ports at once. */
const LEAST_LINES_PER_S = 800_000;
const LEAST_SHARE_OF_RAW = 0.4;
const MOST_REACTION_MS = 0.3;
const MOST_CPU_OF_A_CORE = 0.6;
const PORTS = 8;
const PORT_BYTES_PER_S = 300_000;
const BAUD_RATE = 115_200;
const LONG_MS = 3_600_000;

const median = (values) => quantile(values, 0.5);
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

const target = (name, is, bound, value, unit) => ({
  name,
  value,
  unit,
  bound,
  is,
  ok: is === 'at least' ? value >= bound : value <= bound,
});

/** All patterns wait all the time: the mark waits anew each time that it came. */
function watch(console) {
  let marks = 0;
  const ended = () => undefined;
  for (const pattern of patterns) {
    const arm = () =>
      void console.expect(pattern, { withinMs: LONG_MS }).then(() => {
        marks += 1;
        arm();
      }, ended);
    arm();
  }
  return () => marks;
}

const openConsole = (write = () => Promise.resolve()) =>
  new RecordedConsole({ name: 'bench', clock, write, baudRate: BAUD_RATE });

/** The boards of one measure. */
function startBoards(count) {
  const child = fork(fileURLToPath(new URL('board.mjs', import.meta.url)), { stdio: 'inherit' });
  const next = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`the boards ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer);
      });
    });
  const ask = (message) => {
    const answer = next();
    child.send(message);
    return answer;
  };
  return {
    ask,
    open: async () => (await ask({ does: 'open', count })).paths,
    close: () => child.disconnect(),
  };
}

/** Assembler, record and patterns on bytes in memory. */
export async function measureMemory({ lines, rounds }) {
  const bytes = printedLines(lines);
  const perS = [];
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const console = openConsole();
    watch(console);
    const startedAtMs = performance.now();
    for (let from = 0; from < bytes.length; from += 4096)
      console.receive(bytes.subarray(from, from + 4096), startedAtMs);
    perS.push((lines * 1000) / (performance.now() - startedAtMs));
    lost += lines - console.cursor();
    console.end(new Error('over'));
    await setImmediate();
  }
  return {
    targets: [
      target('assembler and 20 patterns in memory', 'at least', LEAST_LINES_PER_S, median(perS), 'lines/s'),
      target('lines lost in memory', 'at most', 0, lost, 'lines'),
    ],
    figures: { memoryLinesPerS: median(perS), memoryLinesPerSBest: Math.max(...perS) },
  };
}

/** Reads what a board prints with nothing but serialport; gives back ms and CPU ms. */
async function ingestRaw(path, boards, lines) {
  const port = new SerialPort({ path, baudRate: BAUD_RATE, autoOpen: false });
  await new Promise((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
  let received = 0;
  let enough = Infinity;
  const done = new Promise((resolve) => {
    port.on('data', (bytes) => {
      received += bytes.length;
      if (received >= enough) resolve();
    });
  });
  const cost = await timed(async () => {
    enough = (await boards.ask({ does: 'print', count: lines })).bytes;
    if (received < enough) await done;
  });
  await new Promise((resolve) => port.close(resolve));
  return { ...cost, bytes: received, lost: enough - received };
}

/** The same with the console and its patterns. */
async function ingest(path, boards, lines) {
  const transport = await openSerialPort({ path, baudRate: BAUD_RATE, clock });
  const console = openConsole();
  const marks = watch(console);
  let enough = Infinity;
  const done = new Promise((resolve) => {
    transport.onBytes((bytes, hostAtMs) => {
      console.receive(bytes, hostAtMs);
      if (console.receivedBytes >= enough) resolve();
    });
  });
  const cost = await timed(async () => {
    enough = (await boards.ask({ does: 'print', count: lines })).bytes;
    if (console.receivedBytes < enough) await done;
  });
  const lost = enough - console.receivedBytes + (lines - console.cursor());
  console.end(new Error('over'));
  await transport.close();
  return { ...cost, bytes: enough, lost, marks: marks() };
}

async function timed(work) {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

/** Bytes per second through a pseudo-terminal beside those of serialport alone. */
export async function measurePty({ lines, rounds }) {
  const boards = startBoards(1);
  const shares = [];
  const ours = [];
  const raw = [];
  try {
    const [path] = await boards.open();
    for (let round = 0; round < rounds; round += 1) {
      raw.push(await ingestRaw(path, boards, lines));
      ours.push(await ingest(path, boards, lines));
      shares.push(raw[round].ms / ours[round].ms);
    }
  } finally {
    boards.close();
  }
  const cpuPerMb = (runs) => median(runs.map(({ cpuMs, bytes }) => cpuMs / (bytes / 1e6)));
  const mbPerS = (runs) => median(runs.map(({ ms, bytes }) => bytes / 1000 / ms));
  const missedMarks =
    Math.floor(lines / MARK_EVERY) * rounds - ours.reduce((sum, { marks }) => sum + marks, 0);
  return {
    targets: [
      target(
        'a pseudo-terminal with 20 patterns, of what serialport alone reads',
        'at least',
        LEAST_SHARE_OF_RAW,
        median(shares),
        'of its bytes/s',
      ),
      target(
        'bytes and lines lost on a pseudo-terminal',
        'at most',
        0,
        ours.reduce((sum, { lost }) => sum + lost, 0),
        'bytes',
      ),
      target('lines on a pseudo-terminal whose pattern waited in vain', 'at most', 0, missedMarks, 'lines'),
    ],
    figures: {
      ptyLinesPerS: median(ours.map(({ ms }) => (lines * 1000) / ms)),
      ptyMbPerS: mbPerS(ours),
      rawMbPerS: mbPerS(raw),
      cpuMsPerMb: cpuPerMb(ours),
      rawCpuMsPerMb: cpuPerMb(raw),
    },
  };
}

/** From a typed line to the reaction to its echo: serialport alone, and a console with 20 patterns, by turns. */
export async function measureReaction({ echoes }) {
  const rawBoards = startBoards(1);
  const boards = startBoards(1);
  const bare = [];
  const ours = [];
  try {
    const port = new SerialPort({ path: (await rawBoards.open())[0], baudRate: BAUD_RATE, autoOpen: false });
    await new Promise((resolve, reject) =>
      port.open((error) => (error === null ? resolve() : reject(error))),
    );
    const transport = await openSerialPort({ path: (await boards.open())[0], baudRate: BAUD_RATE, clock });
    const console = openConsole((bytes) => transport.write(bytes));
    watch(console);
    transport.onBytes((bytes, hostAtMs) => console.receive(bytes, hostAtMs));
    await rawBoards.ask({ does: 'echo', count: echoes });
    await boards.ask({ does: 'echo', count: echoes });
    for (let n = 0; n < echoes; n += 1) {
      const line = Buffer.from(`echo ${n}\n`);
      const echoed = new Promise((resolve) => {
        let length = 0;
        const count = (bytes) => {
          length += bytes.length;
          if (length < line.length) return;
          port.off('data', count);
          resolve();
        };
        port.on('data', count);
      });
      const bareAt = performance.now();
      port.write(line);
      await echoed;
      bare.push(performance.now() - bareAt);
      const answered = console.expect(new RegExp(`^echo ${n}$`), { withinMs: LONG_MS });
      const at = performance.now();
      const sent = console.send(`echo ${n}`);
      await answered;
      ours.push(performance.now() - at);
      await sent;
    }
    console.end(new Error('over'));
    await transport.close();
    await new Promise((resolve) => port.close(resolve));
  } finally {
    rawBoards.close();
    boards.close();
  }
  const extraMs = quantile(ours, 0.99) - quantile(bare, 0.99);
  return {
    targets: [
      target(
        'reaction to an echo, p99 beyond that of serialport alone',
        'at most',
        MOST_REACTION_MS,
        extraMs,
        'ms',
      ),
    ],
    figures: {
      reactionP50Ms: median(ours),
      reactionP99Ms: quantile(ours, 0.99),
      bareEchoP50Ms: median(bare),
      bareEchoP99Ms: quantile(bare, 0.99),
    },
  };
}

/** Eight boards at 3 Mbaud's worth each, all patterns on each. */
export async function measurePorts({ forMs }) {
  const boards = startBoards(PORTS);
  try {
    const consoles = [];
    const transports = [];
    for (const path of await boards.open()) {
      const transport = await openSerialPort({ path, baudRate: BAUD_RATE, clock });
      const console = openConsole();
      watch(console);
      transport.onBytes((bytes, hostAtMs) => console.receive(bytes, hostAtMs));
      consoles.push(console);
      transports.push(transport);
    }
    let sent = 0;
    const { ms, cpuMs } = await timed(async () => {
      ({ sent } = await boards.ask({ does: 'print-at-rate', bytesPerS: PORT_BYTES_PER_S, forMs }));
    });
    const isBehind = () => consoles.some(({ receivedBytes }) => receivedBytes < sent);
    const deadlineMs = performance.now() + 10_000;
    while (isBehind() && performance.now() < deadlineMs) await setTimeout(10);
    const lost = consoles.reduce((sum, { receivedBytes }) => sum + Math.abs(sent - receivedBytes), 0);
    const name = `${PORTS} ports at ${PORT_BYTES_PER_S / 1000} kB/s`;
    for (const console of consoles) console.end(new Error('over'));
    for (const transport of transports) await transport.close();
    return {
      targets: [
        target(`${name}: CPU in the time due`, 'at most', MOST_CPU_OF_A_CORE, cpuMs / forMs, 'of one core'),
        target(`${name}: bytes lost`, 'at most', 0, lost, 'bytes'),
        // Boards wait for a host that does not read: then the rate was not held, and nothing was proved.
        target(`${name}: time taken, of the time due`, 'at most', 1.05, ms / forMs, 'times'),
      ],
      figures: { portsCpuOfACore: cpuMs / forMs, portsMb: (sent * PORTS) / 1e6 },
    };
  } finally {
    boards.close();
  }
}

/** pyserial's readline and pexpect with the same patterns, where they are installed. */
export async function measurePeers({ peerLines }) {
  const figures = {};
  const notes = [];
  for (const peer of ['pyserial', 'pexpect']) {
    const missing = missingPeer(peer);
    if (missing !== undefined) {
      notes.push(`${peer} is left out: ${missing}`);
      continue;
    }
    const boards = startBoards(1);
    try {
      const [path] = await boards.open();
      const { version, linesPerS } = await peerLinesPerS(
        peer,
        path,
        peerLines,
        (count) => void boards.ask({ does: 'print', count }).catch(() => undefined),
      );
      figures[`${peer} ${version} LinesPerS`] = linesPerS;
    } finally {
      boards.close();
    }
  }
  return { targets: [], figures, notes };
}
