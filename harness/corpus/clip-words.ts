import { basename } from 'node:path';
import { ConfigError } from '../errors';
import type { ClipAnnotation } from './annotate-wav';
import { clipSchema } from './clips-file';
import type { ManifestClip } from './manifest';

/** What a person may say of a clip; the rest follows from its name. */
export interface ClipWords {
  readonly id?: string | undefined;
  readonly utterance?: string | undefined;
  readonly language?: string | undefined;
  /** Who speaks. Default: `recorded`. */
  readonly voice?: string | undefined;
  readonly transcript?: string | undefined;
}

/** What a clip is called by its file's name. */
export const idOfFile = (file: string): string =>
  basename(file)
    .replace(/\.wav$/i, '')
    .toLowerCase()
    .replace(/[\s_]+/g, '-');

/**
 * A clip that is in no manifest yet. Its name tells what nobody said: `en-light-on-a.wav` is the utterance `en-light-on` in
 * English, voice a.
 * @param file - As the manifest is to have it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for what neither its name nor anybody tells; `HIL_CONFIG_INVALID` for names that no manifest
 *   takes.
 */
export function newClip(file: string, words: ClipWords, annotation: ClipAnnotation): ManifestClip {
  const id = words.id ?? idOfFile(file);
  const utterance = words.utterance ?? id.replace(/-[a-z]$/, '');
  const language = words.language ?? /^([a-z]{2,3})-/.exec(id)?.[1];
  const { transcript } = words;
  if (transcript === undefined || language === undefined) {
    const missing = [
      ...(transcript === undefined ? ['--transcript "what is said"'] : []),
      ...(language === undefined ? ['--language'] : []),
    ];
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `${file} is in no manifest yet; a new clip needs ${missing.join(' and ')}.`,
      { file },
    );
  }
  const checked = clipSchema.safeParse({
    id,
    utterance,
    file,
    language,
    voice: words.voice ?? 'recorded',
    transcript,
    ...annotation,
  });
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const key = issue?.path.join('.') ?? '';
  const said = { id, utterance, language, file }[key];
  throw new ConfigError(
    'HIL_CONFIG_INVALID',
    `${file} makes no clip: ${key}${said === undefined ? '' : ` "${said}"`}: ${issue?.message ?? 'invalid'}.`,
    { file, issues: checked.error.issues },
  );
}
