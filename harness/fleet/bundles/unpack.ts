import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, Parser, type ReadEntry } from 'tar';
import { FleetError } from '../../errors';
import type { BundleLimits } from './bundle-store';

/** Beside the files a tar has a block of 512 bytes for each, up to as much padding, and for long names two more. */
const BYTES_BESIDE = 2048;
const LONGEST_NAME = 1024;

const unsafe = (message: string, facts: Readonly<Record<string, unknown>>): FleetError =>
  new FleetError('HIL_FLEET_BUNDLE_UNSAFE', message, facts);

/** What is wrong with one entry; undefined: nothing. */
function complaintAbout({ path, type }: ReadEntry): string | undefined {
  if (type !== 'File' && type !== 'Directory') return `is a ${type}, not a file or folder`;
  if (posix.isAbsolute(path) || /^[a-z]:/i.test(path)) return 'is absolute';
  if (path.split(/[/\\]/).includes('..')) return 'leads out of the folder';
  if (path.includes('\0') || path.length > LONGEST_NAME) return 'has a name that no file may have';
  return undefined;
}

/** Reads the whole archive before anything of it is written. */
async function inspect(file: string, limits: BundleLimits): Promise<void> {
  const names = new Set<string>();
  let unpackedBytes = 0;
  let complaint: FleetError | undefined;
  const complain = (path: string, what: string): void => {
    complaint ??= unsafe(`${JSON.stringify(path)} in the bundle ${what}.`, { path, what });
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const wrong = complaintAbout(entry);
      const name = posix.normalize(entry.path).replace(/\/$/, '');
      if (wrong !== undefined) complain(entry.path, wrong);
      if (names.has(name)) complain(entry.path, 'is there twice');
      names.add(name);
      unpackedBytes += entry.size;
      entry.resume();
    },
  });
  parser.on('ignoredEntry', (entry: ReadEntry) => complain(entry.path, `is a ${entry.type}`));
  const failed = new Promise<never>((_, reject) => parser.on('error', reject));
  failed.catch(() => undefined);
  const ended = new Promise<void>((resolve) => parser.on('end', resolve));
  const most = limits.unpackedBytes + (limits.entries + 1) * BYTES_BESIDE;
  let readBytes = 0;
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      readBytes += chunk.length;
      parser.write(chunk);
      // The archive's own folder is an entry too.
      if (names.size > limits.entries + 1) complain('.', `has more than ${limits.entries} entries`);
      if (unpackedBytes > limits.unpackedBytes || readBytes > most)
        complain('.', `has more than ${limits.unpackedBytes} bytes unpacked`);
      if (complaint !== undefined) throw complaint;
    }
  }).catch((cause: unknown) => {
    // Of an iteration that throws, a pipeline sometimes says only that it was aborted.
    throw complaint ?? cause;
  });
  parser.end();
  // Both may have come already.
  await Promise.race([failed, ended]);
  if (complaint !== undefined) throw complaint;
}

/**
 * Unpacks what `pack` packed into a folder, which is made.
 * @throws FleetError `HIL_FLEET_BUNDLE_UNSAFE` before anything is written; `HIL_FLEET_BUNDLE_DAMAGED` for what is no gzipped tar.
 */
export async function unpack(file: string, folder: string, limits: BundleLimits): Promise<void> {
  try {
    await inspect(file, limits);
  } catch (cause) {
    if (cause instanceof FleetError) throw cause;
    const message = `The bundle is no archive that can be unpacked: ${(cause as Error).message}.`;
    throw new FleetError('HIL_FLEET_BUNDLE_DAMAGED', message, {}, { cause });
  }
  await mkdir(folder, { recursive: true });
  await extract({
    file,
    cwd: folder,
    strict: true,
    noMtime: true,
    preserveOwner: false,
    onReadEntry: (entry) => {
      // No bit of a stranger's machine counts here.
      entry.mode = entry.type === 'Directory' ? 0o755 : 0o644;
    },
  });
}
