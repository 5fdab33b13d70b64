/** esp_console keeps 32 pointers, the last of which is NULL. */
const MAX_ARGUMENTS = 31;
const escapable = new Set(['\\', '"', ' ']);

/**
 * Splits a command line as esp_console_split_argv does: spaces separate, double quotes that begin an argument group, a
 * backslash escapes a backslash, a double quote and a space, and any other backslash pair is dropped.
 */
export function splitArgv(line: string): string[] {
  const argv: string[] = [];
  let current: string | undefined;
  let quoted = false;
  let escaped = false;
  const end = (): void => {
    if (current !== undefined && argv.length < MAX_ARGUMENTS) argv.push(current);
    current = undefined;
    quoted = false;
  };
  for (const char of line) {
    if (escaped) {
      current = (current ?? '') + (escapable.has(char) ? char : '');
      escaped = false;
    } else if (char === '\\') {
      current ??= '';
      escaped = true;
    } else if (quoted) {
      if (char === '"') end();
      else current = (current ?? '') + char;
    } else if (current === undefined && char === '"') {
      current = '';
      quoted = true;
    } else if (char === ' ') {
      end();
    } else {
      current = (current ?? '') + char;
    }
  }
  end();
  return argv;
}
