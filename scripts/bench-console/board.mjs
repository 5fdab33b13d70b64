// The boards of the console bench, in a process of its own: pseudo-terminals that print as fast as they are read, at a rate, or echo.
import { constants, openSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { ReadStream } from 'node:tty';
import { printedLines } from './lines.mjs';

const libc = createRequire(import.meta.url)('koffi').load(null);
const openMaster = libc.func('int posix_openpt(int flags)');
const grant = libc.func('int grantpt(int fd)');
const unlock = libc.func('int unlockpt(int fd)');
const nameOf = libc.func('const char *ptsname(int fd)');

/** How often a board with a rate prints. */
const TICK_MS = 5;
const ports = [];

function openPort() {
  const fd = openMaster(constants.O_RDWR | constants.O_NOCTTY);
  if (fd < 0 || grant(fd) !== 0 || unlock(fd) !== 0) throw new Error('there is no pseudo-terminal');
  const path = nameOf(fd);
  // Kept open, and raw: a fresh terminal echoes what the board prints.
  const terminal = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  terminal.setRawMode(true);
  ports.push({ fd, terminal });
  return path;
}

/** Blocks until the host took all of it. */
function print(fd, bytes) {
  for (let sent = 0; sent < bytes.length;)
    sent += writeSync(fd, bytes, sent, Math.min(4096, bytes.length - sent));
}

/** Answers each line that is typed; blocks until so many came. */
function echo(fd, count) {
  const typed = Buffer.alloc(4096);
  for (let left = count; left > 0;) {
    const length = readSync(fd, typed);
    for (let position = 0; position < length; position += 1) if (typed[position] === 10) left -= 1;
    print(fd, typed.subarray(0, length));
  }
}

/** Prints on every port at this rate; resolves with the bytes that each sent. */
function printAtRate(bytesPerS, forMs) {
  const text = printedLines(20_000);
  const startedAt = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.floor((bytesPerS * Math.min(elapsedMs, forMs)) / 1000);
      while (sent < due) {
        const from = sent % text.length;
        const piece = text.subarray(from, from + Math.min(due - sent, 4096));
        for (const { fd } of ports) print(fd, piece);
        sent += piece.length;
      }
      if (elapsedMs < forMs) return;
      clearInterval(timer);
      resolve(sent);
    }, TICK_MS);
  });
}

process.on('message', async ({ does, port = 0, count, bytesPerS, forMs }) => {
  const { fd } = ports[port] ?? {};
  if (does === 'open') process.send({ paths: Array.from({ length: count }, openPort) });
  if (does === 'print') {
    const bytes = printedLines(count);
    process.send({ bytes: bytes.length });
    print(fd, bytes);
  }
  if (does === 'print-at-rate') process.send({ sent: await printAtRate(bytesPerS, forMs) });
  if (does === 'echo') {
    process.send({ ready: true });
    echo(fd, count);
  }
});
process.on('disconnect', () => process.exit(0));
