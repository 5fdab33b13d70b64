import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError } from '../errors';

/** Bits of the group's and of everybody's permissions. */
const OTHERS = 0o077;
const PERMISSIONS = 0o777;

/**
 * Refuses an open file that others of this machine may read or change. Windows has other permissions, which are not looked at.
 * @param descriptor - Asked in place of the path, so that what is checked is what is read.
 * @throws ConfigError `HIL_CONFIG_KEY_EXPOSED` with the command that mends it.
 */
export function assertOwnerOnly(path: string, descriptor: number, platform = process.platform): void {
  if (platform === 'win32') return;
  const mode = fstatSync(descriptor).mode & PERMISSIONS;
  if ((mode & OTHERS) === 0) return;
  const seen = mode.toString(8).padStart(4, '0');
  throw new ConfigError(
    'HIL_CONFIG_KEY_EXPOSED',
    `${path} holds keys and has permissions ${seen}, so that others on this machine get at them; expected is 0600, which \`chmod 600 ${shellWord(path)}\` makes.`,
    { path, mode: seen, expected: '0600' },
  );
}

/** As somebody would have to type it. */
const shellWord = (path: string): string =>
  /^[\w./][\w./-]*$/.test(path) ? path : `-- '${path.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The text of a file that is a secret, such as a private key.
 * @throws ConfigError as `assertOwnerOnly`; what opening or reading throws.
 */
export function readKeyFile(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    assertOwnerOnly(path, descriptor);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
