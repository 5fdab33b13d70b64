import { z } from 'zod';
import { duration } from './duration';
import { readYamlFile } from './yaml-file';

const recipe = z.strictObject({
  command: z.array(z.string().min(1)).min(1),
  /** In the folder of the source: a relative path that does not lead out of it. */
  output: z
    .string()
    .min(1)
    .refine((path) => !path.startsWith('/') && !path.split(/[/\\]/).includes('..'), {
      message: 'a path within the source, such as build',
    }),
  environment: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'the name of a variable')).default([]),
  within: duration({ atLeastMs: 1_000, atMostMs: 12 * 3_600_000 }).default(30 * 60_000),
});

export const recipesFile = z.strictObject({
  schema: z.literal('earshot/builds@1'),
  // Names stand in those of queues.
  builds: z.record(
    z.string().regex(/^[a-z\d][a-z\d.-]{0,63}$/, 'lower-case letters, digits, dots, dashes'),
    recipe,
  ),
});

/** How a machine builds firmware: what is run in the folder of a source, and what comes of it. */
export interface BuildRecipe {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Build folder or image, relative to the source. */
  readonly output: string;
  /** Variables that the program is given beside PATH, HOME, LANG and TMPDIR: keys of the bench are none of its business. */
  readonly environment: readonly string[];
  /** Milliseconds after which it is ended. */
  readonly within: number;
}

/** Recipes by name. @throws ConfigError as of `readYamlFile`. */
export const loadRecipes = (path: string): Readonly<Record<string, BuildRecipe>> =>
  readYamlFile(path, recipesFile, 'builds file').builds;

const ALWAYS = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/** What a build sees of the environment. */
export function buildEnvironment(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  return Object.fromEntries(
    [...ALWAYS, ...names].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
