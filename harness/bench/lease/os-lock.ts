import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { constants, chmodSync, closeSync, fchmodSync, mkdirSync, openSync } from 'node:fs';

/** A lock of the operating system's: it ends with the process that has it, however that ends. */
export interface OsLock {
  /** Of the file that is locked, open for reading and writing; undefined: the lock is none of a file. */
  readonly descriptor: number | undefined;
  release(): void;
}

/** The part of koffi that is used here: its own types are an ES module, which TypeScript does not let CommonJS import. */
interface Koffi {
  load(path: null): { func(prototype: string): unknown };
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

/** Of <sys/file.h>, the same on Linux and macOS. */
const LOCK_EX = 2;
const LOCK_NB = 4;

type Flock = (descriptor: number, operation: number) => number;
let bound: { readonly koffi: Koffi; readonly flock: Flock } | undefined;

/** Loaded by whoever takes a lease, and by nobody who only prints help. */
function libc(): { readonly koffi: Koffi; readonly flock: Flock } {
  const koffi = createRequire(__filename)('koffi') as Koffi;
  bound ??= { koffi, flock: koffi.load(null).func('int flock(int descriptor, int operation)') as Flock };
  return bound;
}

/** For everybody, sticky: nobody removes a file that another one has locked. */
const FOLDER_MODE = 0o1777;
const FILE_MODE = 0o666;

/** Makes the folder of locks for all users of the machine. @throws what mkdir throws. */
export function makeLockFolder(path: string): void {
  if (mkdirSync(path, { recursive: true }) === undefined) return;
  // The umask has had its say in mkdir.
  chmodSync(path, FOLDER_MODE);
}

/**
 * Opens a lock file that may be another user's. Without O_CREAT where it is there: Linux refuses that in sticky folders, to root
 * too (fs.protected_regular). Without following links, which others may have put there.
 */
function openShared(path: string): number {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW;
  for (;;) {
    try {
      return openSync(path, flags);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
    try {
      const descriptor = openSync(path, flags | constants.O_CREAT | constants.O_EXCL, FILE_MODE);
      fchmodSync(descriptor, FILE_MODE);
      return descriptor;
    } catch (cause) {
      // Somebody was faster, and theirs will do.
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/**
 * Locks a file with flock(2), which the kernel lets go of when the process ends; undefined: another process, or another part of this one, has it.
 * @throws what opening the file throws; Error where the file system has no locks.
 */
function lockByFile(path: string): OsLock | undefined {
  const { koffi, flock } = libc();
  const descriptor = openShared(path);
  if (flock(descriptor, LOCK_EX | LOCK_NB) === 0) {
    return { descriptor, release: () => closeSync(descriptor) };
  }
  const fault = koffi.errno();
  closeSync(descriptor);
  if (fault === koffi.os.errno['EAGAIN'] || fault === koffi.os.errno['EWOULDBLOCK']) return undefined;
  throw new Error(`flock failed with errno ${fault}.`);
}

/**
 * Listens where only one process can: a named pipe, which Windows takes away when the process ends. Exported for its test, which has
 * abstract sockets of Linux in place of pipes.
 */
export function lockByListening(address: string): Promise<OsLock | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      // Another user's pipe cannot be touched at all.
      if (cause.code === 'EADDRINUSE' || cause.code === 'EACCES') resolve(undefined);
      else reject(cause);
    });
    server.listen(address, () => {
      server.unref();
      resolve({ descriptor: undefined, release: () => void server.close() });
    });
  });
}

/** Takes the lock of a path; undefined: it is taken. The folder has to exist. */
export const tryLock = (path: string): Promise<OsLock | undefined> =>
  process.platform === 'win32'
    ? lockByListening(`\\\\.\\pipe\\${path.replace(/[\\/:]/g, '_')}`)
    : Promise.resolve().then(() => lockByFile(path));
