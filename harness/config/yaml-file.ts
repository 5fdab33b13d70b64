import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { z } from 'zod';
import { ConfigError, isHilError } from '../errors';
import { deepFreeze } from './deep-freeze';
import { didYouMean } from './nearest';
import { problemsOf } from './problems';
import { parseYamlText } from './yaml-text';

const maxSizeBytes = 1024 * 1024;

/**
 * The validated value of a YAML file, frozen through and through. Unknown keys are errors if `schema` is made of
 * `z.strictObject`.
 * @param kind - What the file is, for messages: `bench file`.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING` (also for a folder or a file that may not be read), `HIL_CONFIG_SYNTAX`
 *   (no YAML, no UTF-8), `HIL_CONFIG_INVALID` (over 1 MiB, or refused by the schema). The message names
 *   file:line:column and the first problem; `facts.problems` holds all of them.
 */
export function readYamlFile<S extends z.ZodType>(path: string, schema: S, kind: string): z.output<S> {
  const text = parseYamlText(readText(path, kind), path);
  const result = schema.safeParse(text.value);
  if (result.success) return deepFreeze(result.data);

  const problems = problemsOf(result.error.issues, schema, text);
  const [first] = problems;
  if (first === undefined) throw new ConfigError('HIL_CONFIG_INVALID', `${path}: not a ${kind}.`, { path });
  const more = problems.length - 1;
  const others = more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'problem' : 'problems'})`;
  throw new ConfigError(
    'HIL_CONFIG_INVALID',
    `${path}:${first.line}:${first.column}: in this ${kind}, ${sentenceEnd(first.sentence + others)}`,
    {
      path,
      line: first.line,
      column: first.column,
      key: first.key,
      problems: problems.map(({ line, column, sentence }) => `${line}:${column}: ${sentence}`),
    },
  );
}

const sentenceEnd = (sentence: string): string => (sentence.endsWith('?') ? sentence : `${sentence}.`);

function readText(path: string, kind: string): string {
  let bytes: Buffer;
  try {
    const stats = statSync(path);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'a folder' : 'not a regular file';
      throw new ConfigError('HIL_CONFIG_FILE_MISSING', `${path} is ${what}; expected a ${kind}.`, {
        path,
        present: stats.isDirectory() ? yamlFilesIn(path) : [],
      });
    }
    if (stats.size > maxSizeBytes) {
      const message = `${path} has ${stats.size} bytes; a ${kind} has at most ${maxSizeBytes} bytes.`;
      throw new ConfigError('HIL_CONFIG_INVALID', message, { path, sizeBytes: stats.size, maxSizeBytes });
    }
    bytes = readFileSync(path);
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    throw notReadable(path, kind, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_SYNTAX', `${path} is not UTF-8 text.`, { path }, { cause });
  }
}

function notReadable(path: string, kind: string, cause: unknown): ConfigError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const present = yamlFilesIn(dirname(path));
  const what =
    code === 'ENOENT' ? `there is no ${kind} ${path}` : `the ${kind} ${path} cannot be read (${code})`;
  const hint = code === 'ENOENT' ? didYouMean(basename(path), present) : '';
  const message = sentenceEnd(what + hint).replace(/^t/, 'T');
  return new ConfigError('HIL_CONFIG_FILE_MISSING', message, { path, present }, { cause });
}

function yamlFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    // Only a hint: a folder that cannot be listed has nothing to suggest.
    return [];
  }
}
