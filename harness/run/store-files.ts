import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  promises,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { RunError } from '../errors';

/**
 * The operations of a file system that the run store needs, as few and as small as can be: a test makes each of them fail, or
 * forget what was not synced.
 */
export interface StoreFiles {
  /** Makes a folder whose parent exists; false: it was there. */
  makeFolder(path: string): boolean;
  /** A descriptor for writing. `append`: at the end of what is there; `replace`: of an empty file. */
  open(path: string, how: 'append' | 'replace', permissions?: number): number;
  /** Writes a part of the bytes, at least one of them; returns how many. They outlive this process, and not the power. */
  write(descriptor: number, bytes: Uint8Array, from: number): number;
  sizeOf(descriptor: number): number;
  truncate(descriptor: number, sizeBytes: number): void;
  close(descriptor: number): void;
  rename(from: string, to: string): void;
  /** Also where there is none. */
  remove(path: string): void;
  /** What a file holds, or which names a folder holds, outlives the power from the moment at which this resolves. */
  sync(path: string): Promise<void>;
  /** The same, for whoever has nothing else to do meanwhile. */
  syncNow(path: string): void;
  /** Bytes that may still be written where this path is; Infinity where the file system does not say. */
  freeBytes(path: string): number;
}

/** Windows syncs no folders: NTFS journals its names by itself. What has gone meanwhile needs no syncing. */
function isNothingToSync(cause: unknown): boolean {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || (process.platform === 'win32' && ['EPERM', 'EISDIR'].includes(code));
}

const HOW = { append: 'a', replace: 'w' } as const;

/** Windows syncs nothing that was opened for reading alone. */
const FOR_SYNC = process.platform === 'win32' ? 'r+' : 'r';

/** The disks of this machine. */
export const machineFiles: StoreFiles = {
  makeFolder(path) {
    try {
      mkdirSync(path);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw cause;
    }
  },
  open: (path, how, permissions) => openSync(path, HOW[how], permissions),
  write: (descriptor, bytes, from) => writeSync(descriptor, bytes, from),
  sizeOf: (descriptor) => fstatSync(descriptor).size,
  truncate: (descriptor, sizeBytes) => ftruncateSync(descriptor, sizeBytes),
  close: (descriptor) => closeSync(descriptor),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
  // In libuv's threads: a card that takes a second for it must not keep the host from reading its board.
  async sync(path) {
    try {
      const file = await promises.open(path, FOR_SYNC);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      if (!isNothingToSync(cause)) throw cause;
    }
  },
  syncNow(path) {
    try {
      const descriptor = openSync(path, FOR_SYNC);
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (cause) {
      if (!isNothingToSync(cause)) throw cause;
    }
  },
  freeBytes(path) {
    const { blocks, bavail, bsize } = statfsSync(path);
    // What has no size has no room to run out of.
    return blocks === 0 ? Infinity : bavail * bsize;
  },
};

/** A file system fault in words, with what to look at. What is one of ours stays what it is. */
export function storeFailed(path: string, cause: unknown): RunError {
  if (cause instanceof RunError && cause.code === 'HIL_RUN_STORE_FAILED') return cause;
  const fault = cause as NodeJS.ErrnoException;
  const message = `The run store could not write ${path}: ${fault.message}.`;
  return new RunError('HIL_RUN_STORE_FAILED', message, { path, fault: fault.code }, { cause });
}
