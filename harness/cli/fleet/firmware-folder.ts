import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { loadFlashPlan } from '../../board';
import { ConfigError } from '../../errors';
import type { BundleRef, BundleStore } from '../../fleet';

const ARGS = 'flasher_args.json';

/** What of a build is written or looked up in: files relative to the folder of `flasher_args.json`. */
function filesOf(argsPath: string): readonly string[] {
  const folder = dirname(argsPath);
  const { flash_files: written = {} } = JSON.parse(readFileSync(argsPath, 'utf8')) as {
    readonly flash_files?: Readonly<Record<string, string>>;
  };
  const files = Object.values(written);
  const outside = files.find((file) => relative(folder, resolve(folder, file)).startsWith('..'));
  if (outside !== undefined) {
    const message = `${argsPath} names ${outside}, which is not in or below its folder and cannot travel.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { argsPath, file: outside });
  }
  const elves = readdirSync(folder).filter((name) => name.endsWith('.elf'));
  return [ARGS, ...files, ...elves];
}

/**
 * Copies of a firmware what matters into a new folder: of a build what is written and its ELF, not the hundreds of megabytes around them;
 * of an image itself.
 * @throws What `loadFlashPlan` throws for what no board could be written.
 */
export function copyFirmware(path: string, into: string): void {
  loadFlashPlan(path);
  const argsPath = statSync(path).isDirectory() ? join(path, ARGS) : path;
  const from = dirname(argsPath);
  const files = basename(argsPath).endsWith('.json') ? filesOf(argsPath) : [basename(argsPath)];
  mkdirSync(into, { recursive: true });
  for (const file of new Set(files)) {
    const source = join(from, file === ARGS ? basename(argsPath) : file);
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(into, file)), { recursive: true });
    copyFileSync(source, join(into, file));
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
