import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create } from 'tar';
import { FleetError } from '../../errors';
import type { BundleLimits, Takes } from './bundle-store';

/** What was packed, by its packed bytes. */
export interface Packed {
  readonly sha256: string;
  readonly sizeBytes: number;
}

const unfit = (message: string, facts: Readonly<Record<string, unknown>>): FleetError =>
  new FleetError('HIL_FLEET_BUNDLE_UNFIT', message, facts);

/** Counts and hashes what passes. */
export function hashing(): { readonly through: Transform; readonly result: () => Packed } {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, result: () => ({ sha256: hash.digest('hex'), sizeBytes }) };
}

/** Paths of all that is to be packed, relative to the folder, in an order that does not depend on the disk. */
async function contentOf(
  folder: string,
  { entries, unpackedBytes }: BundleLimits,
  takes: Takes,
): Promise<string[]> {
  const found: string[] = [];
  let sizeBytes = 0;
  const look = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const way = join(below, entry.name);
      const path = join(folder, way);
      if (!takes(path, way)) continue;
      if (!entry.isFile() && !entry.isDirectory())
        throw unfit(`${path} is neither a file nor a folder; a bundle holds nothing else.`, { path });
      if (entry.isFile()) sizeBytes += (await stat(path)).size;
      found.push(way);
      if (entry.isDirectory()) await look(way);
    }
  };
  await look('');
  if (found.length > entries || sizeBytes > unpackedBytes)
    throw unfit(
      `${folder} holds ${found.length} entries of ${sizeBytes} bytes; a bundle takes at most ${entries} of ${unpackedBytes} bytes.`,
      { folder, found: found.length, sizeBytes, entries, unpackedBytes },
    );
  return found.sort();
}

/**
 * Packs a folder, or a file as if it lay in one, as a gzipped tar. No owner, time or mode of this machine goes with it: equal content
 * gives equal bytes.
 * @param takes - Default: all of a folder.
 * @throws FleetError `HIL_FLEET_BUNDLE_UNFIT`.
 */
export async function pack(
  path: string,
  into: string,
  limits: BundleLimits,
  takes: Takes = () => true,
): Promise<Packed> {
  const isFile = (await stat(path)).isFile();
  const cwd = isFile ? dirname(path) : path;
  const content = isFile ? [basename(path)] : await contentOf(path, limits, takes);
  const { through, result } = hashing();
  const packing = create(
    { cwd, gzip: true, portable: true, noMtime: true, noDirRecurse: true, strict: true },
    // A name that begins with @ would be taken for another archive. An archive of nothing is not made: so its own folder is in it.
    ['.', ...content.map((name) => `./${name}`)].slice(isFile ? 1 : 0),
  );
  await pipeline(packing, through, createWriteStream(into));
  const packed = result();
  if (packed.sizeBytes > limits.packedBytes)
    throw unfit(
      `${path} has ${packed.sizeBytes} bytes when packed; a bundle has at most ${limits.packedBytes}.`,
      { path, ...packed, ...limits },
    );
  return packed;
}
