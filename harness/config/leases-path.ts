import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where everybody on a machine may keep a file: the same one for all users, whatever their TMPDIR says. */
const shared = ['/run/lock', '/var/lock', '/tmp'];
const WRITABLE_BY_ALL = 0o002;

const isForAll = (path: string): boolean => {
  const status = statSync(path, { throwIfNoEntry: false });
  return status?.isDirectory() === true && (status.mode & WRITABLE_BY_ALL) !== 0;
};

/**
 * Folder of the leases of this machine's boards: `EARSHOT_LEASES`, which containers that share boards have to share, or `earshot` in
 * the first folder of the machine that all its users may write to. It need not exist.
 */
export function leasesPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const stated = env['EARSHOT_LEASES']?.trim() ?? '';
  if (isAbsolute(stated)) return stated;
  const common = process.platform === 'win32' ? env['ProgramData'] : shared.find(isForAll);
  return join(common ?? tmpdir(), 'earshot');
}
