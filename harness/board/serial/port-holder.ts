import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';

/**
 * The process that keeps a device locked or open; undefined when it cannot be found out: it belongs to somebody else, or
 * the system has no /proc. The lock's owner comes first, because a simulated board holds its own port open all the time.
 */
export async function portHolder(path: string): Promise<number | undefined> {
  return (await lockHolder(path)) ?? (await openHolder(path));
}

/**
 * The process that keeps a device locked, whoever else has it open; undefined when none does, or it cannot be found out. A line of
 * /proc/locks is `1: FLOCK  ADVISORY  WRITE 1234 00:18:5 0 EOF`, device in hex, inode in decimal.
 */
export async function lockHolder(path: string): Promise<number | undefined> {
  const inode = await stat(path).then(
    (status) => status.ino,
    () => undefined,
  );
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  const owners = [...locks.matchAll(/FLOCK\s+\w+\s+\w+\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)/g)];
  const owner = owners.find(([, , lockedInode]) => Number(lockedInode) === inode)?.[1];
  return owner === undefined || Number(owner) <= 0 ? undefined : Number(owner);
}

async function openHolder(path: string): Promise<number | undefined> {
  const device = await realpath(path).catch(() => path);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    if (pid !== process.pid && (await hasOpen(pid, device))) return pid;
  }
  return (await hasOpen(process.pid, device)) ? process.pid : undefined;
}

async function hasOpen(pid: number, device: string): Promise<boolean> {
  // Processes of other users do not show their files, and any process may end while it is looked at.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (target === device) return true;
  }
  return false;
}
