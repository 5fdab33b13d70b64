import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../../../errors';
import { readFlasherArgs } from '../image';

/** What a bench file may name of a build. */
export interface NamedBuild {
  readonly elfPath?: string;
  readonly imagePath?: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/**
 * The ELF that a build put beside its image: the one that `project_description.json` names, else the application's name with `.elf`.
 * Whether it belongs to what runs, its hash tells later.
 * @param imagePath - `flasher_args.json` of a build, or a `.bin`.
 * @returns Undefined where no such file is.
 */
export function elfBeside(imagePath: string): string | undefined {
  if (!isFile(imagePath)) return undefined;
  const folder = dirname(imagePath);
  const app = imagePath.endsWith('.json') ? appOf(imagePath) : imagePath;
  const named = namedElf(join(folder, 'project_description.json'));
  return [
    ...(named === undefined ? [] : [resolve(folder, named)]),
    ...(app === undefined ? [] : [join(dirname(app), `${basename(app, '.bin')}.elf`)]),
  ].find(isFile);
}

function appOf(path: string): string | undefined {
  const { app } = readFlasherArgs({ name: path, bytes: readFileSync(path) });
  return app && resolve(dirname(path), app.path);
}

function namedElf(path: string): string | undefined {
  if (!isFile(path)) return undefined;
  try {
    const { app_elf: name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly app_elf?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    // Half a build: the other place is looked at.
    return undefined;
  }
}

/**
 * The ELF of the firmware that a board runs: the one that was named, else the one beside its image.
 * @returns Undefined when none was named and none is there.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING` when the named one is not there.
 */
export function elfOfBoard({ elfPath, imagePath }: NamedBuild): string | undefined {
  if (elfPath === undefined) return imagePath && elfBeside(imagePath);
  if (isFile(elfPath)) return elfPath;
  throw new ConfigError('HIL_CONFIG_FILE_MISSING', `There is no ELF ${elfPath}.`, { path: elfPath });
}
