import { createRequire } from 'node:module';
import { ConfigError } from '../errors';

// Takes CommonJS and, from Node 20.19 on, ES modules.
const requireModule = createRequire(__filename);

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** What a module exports by default: `module.exports`, or the default export, also of a module that was made from an ES module. */
function defaultOf(loaded: unknown): unknown {
  const { default: first } = objectOf(loaded);
  if (first === undefined) return loaded;
  return objectOf(first)['default'] ?? first;
}

/**
 * What a module that a bench file names as a plugin exports.
 * @throws ConfigError `HIL_CONFIG_USAGE` when it cannot be loaded.
 */
export function pluginOf(path: string): unknown {
  try {
    return defaultOf(requireModule(path));
  } catch (cause) {
    const message = `The plugin ${path} cannot be loaded: ${(cause as Error).message}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path }, { cause });
  }
}

/** A provider opens, a dialect has lines, a power switch cycles; whatever does none of it is no plugin. */
export const pluginKind = (plugin: unknown): 'provider' | 'dialect' | 'power' | undefined => {
  const { open, lines, createReader, capabilities, cycle } = objectOf(plugin);
  if (typeof open === 'function') return 'provider';
  if (typeof cycle === 'function') return 'power';
  return [lines, createReader, capabilities].some((part) => part !== undefined) ? 'dialect' : undefined;
};
