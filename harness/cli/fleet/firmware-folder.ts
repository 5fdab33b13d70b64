import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { loadFlashPlan } from '../../board';
import { ConfigError, FleetError } from '../../errors';
import type { BundleRef, BundleStore } from '../../fleet';

const ARGS = 'flasher_args.json';

/** Whether an absolute path is a folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What of a build is written or looked up in: files relative to the folder of `flasher_args.json`. */
function filesOf(argsPath: string): readonly string[] {
  const folder = dirname(argsPath);
  const { flash_files: written = {} } = JSON.parse(readFileSync(argsPath, 'utf8')) as {
    readonly flash_files?: Readonly<Record<string, string>>;
  };
  const files = Object.values(written);
  const outside = files.find((file) => !isWithin(resolve(folder, file), folder));
  if (outside !== undefined) {
    const message = `${argsPath} names ${outside}, which is not in or below its folder and cannot travel.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { argsPath, file: outside });
  }
  const elves = readdirSync(folder).filter((name) => name.endsWith('.elf'));
  return [ARGS, ...files, ...elves];
}

/** @throws FleetError `HIL_FLEET_BUNDLE_UNFIT` for what a link leads to outside of a folder. Links within it are as good as files. */
function assertWithin(path: string, folder: string): void {
  if (!existsSync(path)) return;
  const leadsTo = realpathSync(path);
  if (isWithin(leadsTo, realpathSync(folder))) return;
  const message = `${relative(folder, path)} is a link that leads out of the source, to ${leadsTo}; a build gives what lies in its source.`;
  throw new FleetError('HIL_FLEET_BUNDLE_UNFIT', message, { path, leadsTo });
}

/**
 * Copies of a firmware what matters into a new folder: of a build what is written and its ELF, not the hundreds of megabytes around them;
 * of an image itself.
 * @param source - Folder that nothing of it may lie outside of, wherever links lead. Default: links are followed.
 * @throws What `loadFlashPlan` throws for what no board could be written; FleetError `HIL_FLEET_BUNDLE_UNFIT`.
 */
export function copyFirmware(path: string, into: string, source?: string): void {
  if (source !== undefined) assertWithin(path, source);
  loadFlashPlan(path);
  const argsPath = statSync(path).isDirectory() ? join(path, ARGS) : path;
  const from = dirname(argsPath);
  const files = basename(argsPath).endsWith('.json') ? filesOf(argsPath) : [basename(argsPath)];
  mkdirSync(into, { recursive: true });
  for (const file of new Set(files)) {
    const one = join(from, file === ARGS ? basename(argsPath) : file);
    if (!existsSync(one)) continue;
    if (source !== undefined) assertWithin(one, source);
    mkdirSync(dirname(join(into, file)), { recursive: true });
    copyFileSync(one, join(into, file));
  }
}

/** Puts firmware into the store. @throws What `copyFirmware` throws; FleetError of the store. */
export async function putFirmware(path: string, store: Pick<BundleStore, 'put'>): Promise<BundleRef> {
  const aside = mkdtempSync(join(tmpdir(), 'earshot-firmware-'));
  try {
    copyFirmware(path, aside);
    return await store.put('firmware', aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
