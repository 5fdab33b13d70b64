import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { RunError } from '../errors';

/** A file system fault in words, with what to look at. */
export function storeFailed(path: string, cause: unknown): RunError {
  const fault = cause as NodeJS.ErrnoException;
  const message = `The run store could not write ${path}: ${fault.message}.`;
  return new RunError('HIL_RUN_STORE_FAILED', message, { path, fault: fault.code }, { cause });
}

/**
 * A file that only grows. Each append is handed to the operating system before it returns, so it survives a SIGKILL of this
 * process; it is not synced to the disk, so the last lines may be lost with the power.
 */
export class AppendFile {
  private readonly descriptor: number;
  private open = true;

  /** @throws RunError `HIL_RUN_STORE_FAILED`. */
  constructor(readonly path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.descriptor = openSync(path, 'a');
    } catch (cause) {
      throw storeFailed(path, cause);
    }
  }

  /**
   * Adds all of it or, where that fails, nothing: behind half a line nothing could be read.
   * @throws RunError `HIL_RUN_STORE_FAILED`: the disk is full, or the file was closed.
   */
  append(bytes: Buffer): void {
    // The number of a closed descriptor may belong to another file by now.
    if (!this.open) throw storeFailed(this.path, new Error('it has been closed'));
    let from = 0;
    try {
      while (from < bytes.length) from += writeSync(this.descriptor, bytes, from);
    } catch (cause) {
      if (from > 0) this.takeBack(from);
      throw storeFailed(this.path, cause);
    }
  }

  private takeBack(sizeBytes: number): void {
    try {
      ftruncateSync(this.descriptor, fstatSync(this.descriptor).size - sizeBytes);
    } catch {
      // The write has failed already, which is what gets told.
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.descriptor);
  }
}

/**
 * Writes a whole file aside and moves it into place, so that a reader sees the old one or the new one and nothing in between.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw storeFailed(path, cause);
  }
  try {
    writeFileSync(aside, content, options);
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw storeFailed(path, cause);
  }
}
