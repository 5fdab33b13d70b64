import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../errors';

/** The words of WAVs, by the file's name without `.wav`. */
export type Transcripts = ReadonlyMap<string, string>;

const stemOf = (name: string): string => basename(name).replace(/\.wav$/i, '');

/**
 * Reads a list of words: UTF-8, a line each, the file's name, a tab, the words. Empty lines and those that begin with # are left
 * out.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`, `HIL_CONFIG_SYNTAX` naming the line.
 */
export function readTranscripts(path: string): Transcripts {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      'HIL_CONFIG_FILE_MISSING',
      `The list of words ${path} cannot be read (${why}).`,
      { path },
      { cause },
    );
  }
  const found = new Map<string, string>();
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [name, words] = line.split('\t', 2);
    if (name === undefined || words === undefined || words.trim() === '') {
      throw new ConfigError(
        'HIL_CONFIG_SYNTAX',
        `${path}:${index + 1}: a line is a file's name, a tab and its words; this one is "${line.slice(0, 80)}".`,
        { path, line: index + 1 },
      );
    }
    found.set(stemOf(name.trim()), words.trim());
  }
  return found;
}

/** The words of a WAV: of the list, else of the text file beside it; undefined: nobody wrote them down. */
export function transcriptOf(wavPath: string, listed: Transcripts): string | undefined {
  const stem = stemOf(wavPath);
  const inList = listed.get(stem);
  if (inList !== undefined) return inList;
  const beside = join(dirname(wavPath), `${stem}.txt`);
  if (!existsSync(beside)) return undefined;
  const words = readFileSync(beside, 'utf8')
    .replace(/^\ufeff/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? undefined : words;
}
