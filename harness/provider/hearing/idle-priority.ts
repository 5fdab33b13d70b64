import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

const ANSWERS_WITHIN_MS = 2000;

/**
 * From here on the calling thread gets a core only while nobody else wants one: Linux's SCHED_IDLE, set by `chrt` of util-linux. Of
 * all that Linux offers it is the only class that gives way at once, in the middle of a slice. Lasts as long as the thread.
 * @returns Whether it took effect; elsewhere, and where there is no `chrt`, the thread runs on as it did.
 */
export function runOnlyWhenIdle(): boolean {
  if (process.platform !== 'linux') return false;
  const [, , threadId = ''] = readlinkSync('/proc/thread-self').split('/');
  const { status } = spawnSync('chrt', ['--idle', '--pid', '0', threadId], {
    stdio: 'ignore',
    timeout: ANSWERS_WITHIN_MS,
  });
  return status === 0;
}
