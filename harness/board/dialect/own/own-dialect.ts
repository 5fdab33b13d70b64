import { ConfigError } from '../../../errors';
import { pluginKind, pluginOf, type DialectPlugin } from '../../../ports';
import type { Dialect } from '../dialect';
import { isDialectName } from '../dialect-registry';
import { checkDialect } from './check-dialect';
import { createOwnReader } from './own-reader';

/** A dialect of a team's own, as the harness uses it. */
export function ownDialect(plugin: DialectPlugin): Dialect {
  const { name, firmware, protocol, project, commands = {}, readsConsole, echoes } = plugin;
  const { capabilities, knownGaps = [], unadvertised, prompt = 'sound', startsByItself = true } = plugin;
  const { start, stop, crash, memory } = commands;
  return {
    description: {
      name,
      firmware,
      protocol,
      capabilities,
      knownGaps,
      ...(unadvertised === undefined ? {} : { unadvertised }),
    },
    prompt,
    project,
    startsByItself,
    ...(readsConsole === undefined ? {} : { readsConsole }),
    ...(echoes === undefined ? {} : { echoes }),
    ...(start === undefined ? {} : { startCommand: start }),
    ...(stop === undefined ? {} : { stopCommand: stop }),
    ...(crash === undefined ? {} : { crashCommand: crash }),
    ...(memory === undefined ? {} : { memoryCommand: memory }),
    ...(commands.ask === undefined ? {} : { askCommand: (text: string) => askOf(plugin, text) }),
    createReader: () => createOwnReader(plugin),
  };
}

/** @throws ConfigError `HIL_CONFIG_DIALECT` when what makes the command throws, or makes no single line. */
function askOf({ name, commands }: DialectPlugin, text: string): string {
  const refused = (why: string, cause?: unknown): ConfigError =>
    new ConfigError(
      'HIL_CONFIG_DIALECT',
      `commands.ask of dialect ${name} ${why}.`,
      { dialect: name, text },
      cause === undefined ? undefined : { cause },
    );
  let command: unknown;
  try {
    command = commands?.ask?.(text);
  } catch (cause) {
    throw refused(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (typeof command === 'string' && /^[^\r\n]*\S[^\r\n]*$/.test(command)) return command;
  throw refused(
    `gave back ${(JSON.stringify(command) as string | undefined) ?? 'nothing'}; expected a command: one line, not empty`,
  );
}

/**
 * The dialects among the modules that a bench file names as plugins.
 * @param paths - Absolute.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a module that cannot be loaded or is no plugin; `HIL_CONFIG_DIALECT` for a dialect with
 * fields that are wrong.
 */
export function loadDialects(paths: readonly string[]): readonly Dialect[] {
  return paths.flatMap((path) => {
    const plugin = pluginOf(path);
    const kind = pluginKind(plugin);
    if (kind === 'provider' || kind === 'power') return [];
    if (kind === 'dialect') {
      const dialect = ownDialect(checkDialect(plugin, path));
      const { name } = dialect.description;
      if (!isDialectName(name)) return [dialect];
      const message = `The dialect of ${path} is not right: name is "${name}", which Earshot has already; expected another.`;
      throw new ConfigError('HIL_CONFIG_DIALECT', message, { path, name });
    }
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The plugin ${path} exports ${plugin === undefined ? 'nothing' : typeof plugin} by default; expected what defineDialect() returns, or defineProvider() or definePower().`,
      { path },
    );
  });
}
