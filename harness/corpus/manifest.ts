import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { YAMLMap } from 'yaml';
import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { readYamlFile } from '../config';
import { ConfigError } from '../errors';
import type { SpeechClip } from '../ports';
import { clipsFile } from './clips-file';

/** What a manifest holds of one clip. */
export type ManifestClip = z.infer<ReturnType<typeof clipsFile>>['clips'][number];

const names = { prompt: 'prompts', reply: 'replies' } as const;
const titles = { prompt: 'manifest of prompts', reply: 'manifest of replies' } as const;

/** Path of the manifest of a folder that holds clips of a kind. */
export const manifestPathOf = (folder: string, kind: SpeechClip['kind']): string =>
  join(folder, `${names[kind]}.yaml`);

/**
 * What a folder holds: what its manifest says, else what its name says, else prompts.
 * @param folder - Of the clips themselves.
 */
export function kindOfFolder(folder: string): SpeechClip['kind'] {
  const kinds = (['prompt', 'reply'] as const).filter((kind) => existsSync(manifestPathOf(folder, kind)));
  if (kinds.length === 1 && kinds[0] !== undefined) return kinds[0];
  return basename(resolve(folder)) === names.reply ? 'reply' : 'prompt';
}

/** A manifest file, to be read and to be added to. Comments, order and style of what is not changed stay as they are. */
export interface Manifest {
  readonly path: string;
  readonly kind: SpeechClip['kind'];
  /** SPDX identifier of all its clips; undefined: there is no file yet. */
  readonly licence: string | undefined;
  readonly clips: readonly ManifestClip[];
}

/**
 * Reads a manifest; one that does not exist has no clips.
 * @throws ConfigError `HIL_CONFIG_SYNTAX`, `HIL_CONFIG_INVALID`.
 */
export function readManifest(folder: string, kind: SpeechClip['kind']): Manifest {
  const path = manifestPathOf(folder, kind);
  if (!existsSync(path)) return { path, kind, licence: undefined, clips: [] };
  const { licence, clips } = readYamlFile(path, clipsFile(kind), titles[kind]);
  return { path, kind, licence, clips };
}

/** Path of a WAV as a manifest has it: relative to the manifest, with slashes. */
export function fileInManifest({ path }: Manifest, wavPath: string): string {
  const file = relative(dirname(resolve(path)), resolve(wavPath))
    .split(sep)
    .join('/');
  if (file.startsWith('../')) {
    const message = `${wavPath} is not in or below the folder of ${path}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path, wavPath });
  }
  return file;
}

const isClip = (node: unknown, id: string): node is YAMLMap => isMap(node) && node.get('id') === id;

function setClip(document: Document, clip: ManifestClip): void {
  const clips = document.get('clips', true);
  if (!isSeq(clips)) throw new TypeError('A manifest that was checked has a list of clips.');
  const known = clips.items.find((node) => isClip(node, clip.id));
  if (!isMap(known)) {
    const { recognisable, ...rest } = clip;
    clips.add(document.createNode(recognisable ? rest : { ...rest, recognisable }));
    return;
  }
  for (const [key, value] of Object.entries(clip)) {
    // A default that is not written stays unwritten.
    const isDefault = key === 'recognisable' && value === true && !known.has(key);
    if (!isDefault && known.get(key) !== value) known.set(key, value);
  }
}

/**
 * Writes clips into a manifest, by id: new ones at the end, changed ones in their place. The file is replaced whole, so that a
 * reader never sees half of it.
 * @param licence - SPDX identifier for a manifest that does not exist yet.
 * @throws ConfigError `HIL_CONFIG_INVALID` when the result would be no manifest, with nothing written; `HIL_CONFIG_FILE_MISSING`
 *   when the file cannot be written.
 */
export function writeClips({ path, kind }: Manifest, clips: readonly ManifestClip[], licence: string): void {
  const before = existsSync(path)
    ? readFileSync(path, 'utf8')
    : `schema: earshot/clips@1\nkind: ${kind}\nlicence: ${licence}\nclips: []\n`;
  const document = parseDocument(before);
  const list = document.get('clips', true);
  // The list of a new file is written as those of others are, a clip below the other.
  if (isSeq(list)) list.flow = false;
  for (const clip of clips) setClip(document, clip);
  const checked = clipsFile(kind).safeParse(document.toJS());
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const message = `${path} was not written: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}.`;
    throw new ConfigError('HIL_CONFIG_INVALID', message, { path, issues: checked.error.issues });
  }
  const text = document.toString({ lineWidth: 0 });
  const scratch = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(scratch, before.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text);
    renameSync(scratch, path);
  } catch (cause) {
    const message = `${path} cannot be written: ${(cause as Error).message}.`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', message, { path }, { cause });
  }
}
