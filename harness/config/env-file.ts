import { closeSync, openSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, isHilError } from '../errors';
import { assertOwnerOnly } from './key-file';
import { isSecretName } from './secrets';

/** Name of the file that holds variables beside those of the environment; it belongs into .gitignore. */
export const ENV_FILE = '.env';

/**
 * The variables of a `.env` file (`NAME=value`, quotes and `#` comments as in Node); none when there is no such file.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a file that cannot be read; `HIL_CONFIG_KEY_EXPOSED` for one that holds a key and that
 *   others of this machine may read.
 */
export function readEnvFile(path = ENV_FILE): Readonly<Record<string, string | undefined>> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const variables = parseEnv(readFileSync(descriptor, 'utf8'));
    if (Object.entries(variables).some(([name, value]) => isSecretName(name) && value !== ''))
      assertOwnerOnly(path, descriptor);
    return variables;
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    const message = `${path} cannot be read: ${(cause as Error).message}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path }, { cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
