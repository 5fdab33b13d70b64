import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FleetError, isHilError } from '../../errors';
import type { BundleRef } from '../queue';
import type { Blobs } from './blobs';
import { BUNDLE_LIMITS, type BundleLimits, type BundleStore, type Takes } from './bundle-store';
import { hashing, pack } from './pack';
import { unpack } from './unpack';

/** So much of a hash stands in a name: two bundles of one name and one such beginning are the same. */
const HASH_CHARACTERS = 16;
const NAME_CHARACTERS = 100;

const fileName = (name: string, sha256: string): string => {
  const plain = name.replace(/[^\w.]+/g, '-').replace(/^[.-]+/, '');
  return `${plain.slice(0, NAME_CHARACTERS) || 'bundle'}-${sha256.slice(0, HASH_CHARACTERS)}.tar.gz`;
};

/** Bundles as files of something that keeps files. */
export class PackedStore implements BundleStore {
  private readonly limits: BundleLimits;

  constructor(
    private readonly blobs: Blobs,
    limits: Partial<BundleLimits> = {},
  ) {
    this.limits = { ...BUNDLE_LIMITS, ...limits };
  }

  put(name: string, path: string, takes?: Takes): Promise<BundleRef> {
    return this.aside('put', name, async (folder) => {
      const file = join(folder, 'bundle');
      const { sha256, sizeBytes } = await pack(resolve(path), file, this.limits, takes);
      const blob = fileName(name, sha256);
      await this.blobs.put({ name: blob, path: file, sha256, sizeBytes });
      return { uri: this.blobs.uriOf(blob), sha256 };
    });
  }

  async fetch(ref: BundleRef, folder: string): Promise<void> {
    // By what the queue says a store is asked for a name, never for a path and never at another address.
    const name = posix.basename(ref.uri);
    await this.aside('fetch', name, async (aside) => {
      const file = join(aside, 'bundle');
      const isHere =
        /^\w[\w.-]*$/.test(name) &&
        (await this.blobs.get(name, (content) => this.receive(content, file, ref)));
      if (!isHere)
        throw new FleetError(
          'HIL_FLEET_BUNDLE_MISSING',
          `There is no bundle ${name} in ${this.blobs.where}; it was put at ${ref.uri}.`,
          { ...ref, where: this.blobs.where },
        );
      // Beside its place, so that it gets there in one step.
      const part = `${resolve(folder)}.${randomUUID()}`;
      try {
        await unpack(file, part, this.limits);
        await rename(part, folder);
      } catch (cause) {
        await rm(part, { recursive: true, force: true });
        throw cause;
      }
    });
  }

  close(): Promise<void> {
    return this.blobs.close();
  }

  private async receive(content: Readable, file: string, ref: BundleRef): Promise<void> {
    const { packedBytes } = this.limits;
    const { through, result } = hashing();
    let sizeBytes = 0;
    const bounded = new Transform({
      transform(chunk: Buffer, _, done) {
        sizeBytes += chunk.length;
        const message = `The bundle ${ref.uri} has more than ${packedBytes} bytes.`;
        if (sizeBytes <= packedBytes) done(null, chunk);
        else done(new FleetError('HIL_FLEET_BUNDLE_UNSAFE', message, { ...ref, packedBytes }));
      },
    });
    await pipeline(content, bounded, through, createWriteStream(file));
    const received = result();
    if (received.sha256 === ref.sha256) return;
    throw new FleetError(
      'HIL_FLEET_BUNDLE_DAMAGED',
      `The ${received.sizeBytes} bytes of ${ref.uri} have the SHA-256 ${received.sha256}; ${ref.sha256} were put.`,
      { ...ref, received },
    );
  }

  /** Does something with a folder for the time being; what the system says becomes an error that names the store. */
  private async aside<T>(
    what: 'put' | 'fetch',
    name: string,
    work: (folder: string) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-bundle-'));
    try {
      return await work(folder);
    } catch (cause) {
      if (isHilError(cause)) throw cause;
      const { where } = this.blobs;
      const message = `The bundle ${name} could not be ${what === 'put' ? 'put into' : 'fetched from'} ${where}: ${(cause as Error).message}.`;
      throw new FleetError('HIL_FLEET_STORE_FAILED', message, { name, where }, { cause });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
