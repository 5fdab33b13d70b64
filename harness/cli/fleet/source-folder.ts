import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { BundleRef, BundleStore } from '../../fleet';

/** CMake's mark of a folder that it builds in; it knows paths of this machine, and refuses to go on elsewhere. */
const BUILT_HERE = 'CMakeCache.txt';

/** Names that never travel: a history makes equal sources differ, and keys are nobody else's. */
const staysBehind = (name: string): boolean =>
  name === '.git' || name === 'node_modules' || name.startsWith('.env');

/**
 * Whether a file or folder of a source goes to who builds it: nothing hidden that lies in its top folder, no history, no `.env`, no build of
 * this machine. What is hidden below goes: ESP-IDF's managed components are known by such a file.
 */
function travels(path: string, way: string): boolean {
  const name = basename(way);
  if (staysBehind(name)) return false;
  if (!way.includes(sep) && name.startsWith('.')) return false;
  return !existsSync(join(path, BUILT_HERE));
}

/** Puts a folder with the source of a firmware into the store. @throws What `put` throws. */
export const putSource = (folder: string, store: Pick<BundleStore, 'put'>): Promise<BundleRef> =>
  store.put('source', folder, travels);
