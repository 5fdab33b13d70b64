import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HilError } from '../errors';

/**
 * Absolute path of this package: the nearest folder upwards whose package.json is called `earshot`. It is the same folder
 * for the compiled `dist/`, for the sources under Jest, and for `node_modules/earshot` of another project.
 * @param from - Where the search begins.
 * @throws HilError `HIL_HARNESS_UNEXPECTED` if the files were taken out of their package.
 */
export function packageRoot(from = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (nameOf(join(folder, 'package.json')) === 'earshot') return folder;
    if (folder === dirname(folder)) {
      throw new HilError('HIL_HARNESS_UNEXPECTED', `No package.json named earshot at or above ${from}.`, {
        from,
      });
    }
  }
}

function nameOf(manifestPath: string): string | undefined {
  if (!existsSync(manifestPath)) return undefined;
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly name?: string };
  return manifest.name;
}
