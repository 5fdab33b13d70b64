import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemWallClock } from '../../ports';
import type { BundleRef } from '../queue';
import type { BundleStore } from './bundle-store';

interface Kept {
  readonly sha256: string;
  readonly usedAtMs: number;
  readonly sizeBytes: number;
}

/** Ten builds of a voice firmware with their ELFs. */
const MOST_BYTES = 1 << 30;

/**
 * Firmware that a bench has fetched, by the hash of its bundle: fetched once, however many boards and units want it. What was not used
 * for longest goes when there is more than fits. One process has the folder.
 */
export class FirmwareCache {
  private readonly fetching = new Map<string, Promise<void>>();
  /** How many use it just now. */
  private readonly users = new Map<string, number>();

  /** @param folder - Made when it is not there. */
  constructor(
    private readonly store: Pick<BundleStore, 'fetch'>,
    private readonly folder: string,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /**
   * Hands over the folder with the firmware, which stays until the work with it has ended.
   * @throws What `BundleStore.fetch` throws; the next who wants it tries again.
   */
  async use<T>(ref: BundleRef, work: (folder: string) => Promise<T>): Promise<T> {
    const { sha256 } = ref;
    this.users.set(sha256, (this.users.get(sha256) ?? 0) + 1);
    try {
      await this.have(ref);
      return await work(this.pathOf(sha256));
    } finally {
      const left = (this.users.get(sha256) ?? 1) - 1;
      if (left > 0) this.users.set(sha256, left);
      else this.users.delete(sha256);
      await this.makeRoom();
    }
  }

  private have(ref: BundleRef): Promise<void> {
    const known = this.fetching.get(ref.sha256);
    if (known !== undefined) return known;
    const fetched = this.touchOrFetch(ref).finally(() => this.fetching.delete(ref.sha256));
    this.fetching.set(ref.sha256, fetched);
    return fetched;
  }

  private async touchOrFetch(ref: BundleRef): Promise<void> {
    const path = this.pathOf(ref.sha256);
    await mkdir(this.folder, { recursive: true });
    const isHere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isHere) await this.store.fetch(ref, path);
    const now = new Date(systemWallClock());
    await utimes(path, now, now);
  }

  private async makeRoom(): Promise<void> {
    const kept = await this.kept();
    let sizeBytes = kept.reduce((sum, one) => sum + one.sizeBytes, 0);
    for (const one of kept.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (sizeBytes <= this.mostBytes) return;
      if (this.users.has(one.sha256)) continue;
      await rm(this.pathOf(one.sha256), { recursive: true, force: true });
      sizeBytes -= one.sizeBytes;
    }
  }

  private async kept(): Promise<Kept[]> {
    const names = (await readdir(this.folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    return Promise.all(
      names.map(async (sha256) => ({
        sha256,
        usedAtMs: (await stat(this.pathOf(sha256))).mtimeMs,
        sizeBytes: await sizeOf(this.pathOf(sha256)),
      })),
    );
  }

  /** @throws Error for what is no SHA-256: it would be a path. */
  private pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`"${sha256}" is no SHA-256`);
    return join(this.folder, sha256);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) =>
      entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
