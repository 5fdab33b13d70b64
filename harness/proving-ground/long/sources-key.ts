import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

function* filesBelow(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

/**
 * One value for the contents of files and folders: it changes with any of them, so that results of other sources are not
 * taken for results of these. Lower-case hex.
 * @param include - Which files count; default: all.
 */
export function sourcesKey(
  root: string,
  paths: readonly string[],
  include: (path: string) => boolean = () => true,
): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesBelow(join(root, path))) {
      if (!include(file)) continue;
      const content = createHash('sha256').update(readFileSync(file)).digest('hex');
      hash.update(`${relative(root, file)} ${content}\n`);
    }
  }
  return hash.digest('hex');
}
