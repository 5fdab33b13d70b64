import { constants, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';

// The package's types describe its ES module; this is its CommonJS build.
const koffi = createRequire(__filename)('koffi') as {
  load(path: null): { func(prototype: string): unknown };
};
const libc = koffi.load(null);
const posixOpenpt = libc.func('int posix_openpt(int flags)') as (flags: number) => number;
const grantpt = libc.func('int grantpt(int fd)') as (fd: number) => number;
const unlockpt = libc.func('int unlockpt(int fd)') as (fd: number) => number;
const ptsname = libc.func('const char *ptsname(int fd)') as (fd: number) => string;

/** The board's end of a pseudo-terminal; the harness opens `path`. */
export interface TestPty {
  readonly path: string;
  /** Prints as the board. */
  write(bytes: Buffer): void;
  /** What the host types. */
  onTyped(listener: (bytes: Buffer) => void): void;
  /** The cable is pulled. */
  close(): void;
}

/** Opens a raw pseudo-terminal without echo. Linux only. */
export function openTestPty(): TestPty {
  const masterFd = posixOpenpt(constants.O_RDWR | constants.O_NOCTTY);
  if (masterFd < 0 || grantpt(masterFd) !== 0 || unlockpt(masterFd) !== 0)
    throw new Error('no pseudo-terminal');
  const path = ptsname(masterFd);
  // Kept open: without a client the master's reads fail. Raw: a fresh terminal echoes what the board prints.
  const slave = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  slave.setRawMode(true);
  const listeners: ((bytes: Buffer) => void)[] = [];
  const master = new ReadStream(masterFd);
  master.on('error', () => undefined);
  master.on('data', (bytes: Buffer) => listeners.forEach((listener) => listener(bytes)));
  let isOpen = true;
  return {
    path,
    write: (bytes) => {
      if (isOpen) writeSync(masterFd, bytes);
    },
    onTyped: (listener) => void listeners.push(listener),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      slave.destroy();
      master.destroy();
    },
  };
}
