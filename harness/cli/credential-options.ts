import { readVariable } from '../config';
import { ConfigError } from '../errors';

/**
 * Credentials by name, from `NAME=VARIABLE` each: a command line can be read by everybody on the machine.
 * @throws ConfigError `HIL_CONFIG_USAGE`; what `readVariable` throws.
 */
export function readCredentials(written: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    written.map((pair): readonly [string, string] => {
      const [, name, variable] = /^([A-Za-z]+)=([A-Za-z_][A-Za-z0-9_]*)$/.exec(pair) ?? [];
      if (name !== undefined && variable !== undefined) return [name, readVariable(variable)];
      throw new ConfigError(
        'HIL_CONFIG_USAGE',
        '--credential takes a name and an environment variable: apiSecret=SPARK_API_SECRET.',
      );
    }),
  );
}
