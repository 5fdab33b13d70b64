import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from '../errors';

/** Name of the file that holds variables beside those of the environment; it belongs into .gitignore. */
export const ENV_FILE = '.env';

/**
 * The variables of a `.env` file (`NAME=value`, quotes and `#` comments as in Node); none when there is no such file.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a file that cannot be read.
 */
export function readEnvFile(path = ENV_FILE): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    const message = `${path} cannot be read: ${(cause as Error).message}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path }, { cause });
  }
}
