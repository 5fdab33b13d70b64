import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A path as a run has it: relative, with slashes, and nowhere out of its folder, on any system. */
export const isInside = (path: string): boolean =>
  !/^$|^[/]|[\\\0]|^[A-Za-z]:/.test(path) && !path.split('/').includes('..');

/** A name that is one folder. */
export const isFolderName = (name: string): boolean => isInside(name) && !/^\.$|[/]/.test(name);

/**
 * Absolute path of a file of a run, links followed; undefined where there is none, and where it leads out of the run's folder: a run may come
 * from anybody, and what is read here ends up in reports.
 */
export function fileInRun(runPath: string, path: string): string | undefined {
  if (!isInside(path)) return undefined;
  try {
    const folder = realpathSync(runPath);
    const file = realpathSync(join(folder, path));
    const inside = relative(folder, file);
    return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) ? file : undefined;
  } catch {
    return undefined;
  }
}
