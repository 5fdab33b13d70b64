import { dirname } from 'node:path';
import { machineFiles, storeFailed, type StoreFiles } from './store-files';

/**
 * Makes a folder and what is missing above it.
 * @returns The folders that got a new name in them, for whoever syncs them.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function makeFolders(path: string, files: StoreFiles = machineFiles): string[] {
  const parent = dirname(path);
  try {
    return files.makeFolder(path) ? [parent] : [];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || parent === path) throw storeFailed(path, cause);
  }
  return [...makeFolders(parent, files), ...makeFolders(path, files)];
}

function writeAll(files: StoreFiles, descriptor: number, bytes: Uint8Array): void {
  let from = 0;
  while (from < bytes.length) from += files.write(descriptor, bytes, from);
}

/**
 * A file that only grows. Each append is handed to the operating system before it returns, so it survives a SIGKILL of this
 * process; whoever needs it to survive the power syncs its path.
 */
export class AppendFile {
  private readonly descriptor: number;
  private open = true;

  /** @throws RunError `HIL_RUN_STORE_FAILED`. */
  constructor(
    readonly path: string,
    private readonly files: StoreFiles = machineFiles,
  ) {
    try {
      makeFolders(dirname(path), files);
      this.descriptor = files.open(path, 'append');
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
    let sizeBytes: number | undefined;
    try {
      const written = this.files.write(this.descriptor, bytes, 0);
      if (written >= bytes.length) return;
      // In part: the disk has no more, or gets some. Only now is it worth asking where the line began.
      sizeBytes = this.files.sizeOf(this.descriptor) - written;
      writeAll(this.files, this.descriptor, bytes.subarray(written));
    } catch (cause) {
      if (sizeBytes !== undefined) this.takeBack(sizeBytes);
      throw storeFailed(this.path, cause);
    }
  }

  private takeBack(sizeBytes: number): void {
    try {
      this.files.truncate(this.descriptor, sizeBytes);
    } catch {
      // The write has failed already, which is what gets told.
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.files.close(this.descriptor);
  }
}

export interface WholeFileOptions {
  /** Permissions, where others are not to read it. */
  readonly mode?: number;
  readonly files?: StoreFiles;
}

/** Writes a whole file beside its place; returns the path. @throws RunError `HIL_RUN_STORE_FAILED`; nothing is left then. */
export function writeAside(
  path: string,
  content: string | Uint8Array,
  { mode, files = machineFiles }: WholeFileOptions = {},
): string {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = files.open(aside, 'replace', mode);
    try {
      writeAll(files, descriptor, typeof content === 'string' ? Buffer.from(content) : content);
    } finally {
      files.close(descriptor);
    }
    return aside;
  } catch (cause) {
    removeQuietly(aside, files);
    throw storeFailed(path, cause);
  }
}

/** Moves what was written aside into its place. @throws RunError `HIL_RUN_STORE_FAILED`; the old file is there then. */
export function moveIntoPlace(aside: string, path: string, files: StoreFiles = machineFiles): void {
  try {
    files.rename(aside, path);
  } catch (cause) {
    removeQuietly(aside, files);
    throw storeFailed(path, cause);
  }
}

function removeQuietly(path: string, files: StoreFiles): void {
  try {
    files.remove(path);
  } catch {
    // Something has failed already, which is what gets told.
  }
}

/**
 * Writes a whole file aside and moves it into place, so that a reader sees the old one or the new one and nothing in between,
 * whenever the process is killed or the power goes. The new one is on the disk when this returns.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: WholeFileOptions = {},
): void {
  const { files = machineFiles } = options;
  const named = makeFolders(dirname(path), files);
  const aside = writeAside(path, content, options);
  try {
    // First what it holds, then its name: a name that outlived the power without its bytes is an empty file.
    files.syncNow(aside);
  } catch (cause) {
    removeQuietly(aside, files);
    throw storeFailed(path, cause);
  }
  moveIntoPlace(aside, path, files);
  try {
    for (const folder of [dirname(path), ...named]) files.syncNow(folder);
  } catch (cause) {
    throw storeFailed(path, cause);
  }
}
