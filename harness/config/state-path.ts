import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Folder in which Earshot keeps what it learnt of this machine, such as calibrations: `earshot` below `XDG_STATE_HOME`, which
 * is `~/.local/state` where it is not set or not absolute (XDG Base Directory Specification 0.8). It need not exist.
 */
export function statePath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_STATE_HOME: stated = '', HOME: home = '' } = env;
  const base = isAbsolute(stated) ? stated : join(isAbsolute(home) ? home : homedir(), '.local/state');
  return join(base, 'earshot');
}
