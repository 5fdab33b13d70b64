import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Readable } from 'node:stream';
import type { Blob, Blobs } from './blobs';

/** Files in a folder that the benches share. */
export class FileBlobs implements Blobs {
  private readonly folder: string;

  /** @param uri - `file:///srv/earshot`; the folder is made with the first bundle. */
  constructor(uri: URL) {
    this.folder = fileURLToPath(uri);
  }

  get where(): string {
    return this.folder;
  }

  uriOf(name: string): string {
    return pathToFileURL(join(this.folder, name)).href;
  }

  async put({ name, path }: Blob): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const aside = join(this.folder, `.${name}.${randomUUID()}`);
    try {
      await copyFile(path, aside);
      const file = await open(aside, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, join(this.folder, name));
    } catch (cause) {
      await rm(aside, { force: true });
      throw cause;
    }
  }

  async get(name: string, take: (content: Readable) => Promise<void>): Promise<boolean> {
    let file: FileHandle;
    try {
      file = await open(join(this.folder, name), 'r');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw cause;
    }
    await take(file.createReadStream());
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
