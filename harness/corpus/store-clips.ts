import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors';
import { writeClips, type Manifest, type ManifestClip } from './manifest';

/** A clip with the bytes of its WAV. */
export interface ClipToStore {
  readonly clip: ManifestClip;
  readonly bytes: Buffer;
}

export type ClipChange = 'new' | 'changed' | 'unchanged';

/** For a manifest that does not exist yet, when nobody says a licence: nobody may pass the clips on. */
const NO_LICENCE = 'LicenseRef-Proprietary';

const wavPathOf = (manifest: Manifest, clip: ManifestClip): string =>
  join(dirname(resolve(manifest.path)), clip.file);

/**
 * What storing a clip does to a corpus.
 * @param force - Write over another clip of this name and another file.
 * @throws ConfigError `HIL_CORPUS_EXISTS`.
 */
export function changeOf(manifest: Manifest, { clip, bytes }: ClipToStore, force: boolean): ClipChange {
  const path = wavPathOf(manifest, clip);
  const before = manifest.clips.find(({ id }) => id === clip.id);
  const isSameFile = existsSync(path) && readFileSync(path).equals(bytes);
  const isSameClip =
    before !== undefined &&
    (Object.keys(clip) as (keyof ManifestClip)[]).every((key) => clip[key] === before[key]);
  if (isSameFile && isSameClip) return 'unchanged';
  const inTheWay = [
    ...(before !== undefined && !isSameClip ? [`${manifest.path} has another clip ${clip.id}`] : []),
    ...(existsSync(path) && !isSameFile ? [`there is another file ${path}`] : []),
  ];
  const taker = manifest.clips.find(({ id, file }) => file === clip.file && id !== clip.id);
  if (taker !== undefined) {
    throw new ConfigError('HIL_CORPUS_EXISTS', `${clip.file} is the clip ${taker.id} of ${manifest.path}.`, {
      path,
      id: taker.id,
    });
  }
  if (inTheWay.length > 0 && !force) {
    throw new ConfigError('HIL_CORPUS_EXISTS', `${clip.id} was not written: ${inTheWay.join(', and ')}.`, {
      path,
      id: clip.id,
    });
  }
  return before === undefined ? 'new' : 'changed';
}

/**
 * The licence that a corpus has after clips were added to it.
 * @throws ConfigError `HIL_CONFIG_USAGE` when the manifest has another one: a manifest has one licence for all its clips.
 */
export function licenceFor(manifest: Manifest, wanted: string | undefined): string {
  if (manifest.licence === undefined) return wanted ?? NO_LICENCE;
  if (wanted === undefined || wanted === manifest.licence) return manifest.licence;
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `The clips of ${manifest.path} are under ${manifest.licence}; ${wanted} would need a folder of its own.`,
    { path: manifest.path, licence: manifest.licence },
  );
}

/**
 * Writes clips into a corpus: the WAVs first, then the manifest, each whole or not at all. What may be written over was asked
 * of `changeOf` before.
 * @throws ConfigError as `writeClips` does.
 */
export function storeClips(manifest: Manifest, clips: readonly ClipToStore[], licence: string): void {
  for (const { clip, bytes } of clips) {
    const path = wavPathOf(manifest, clip);
    const scratch = `${path}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(scratch, bytes);
      renameSync(scratch, path);
    } catch (cause) {
      const message = `${path} cannot be written: ${(cause as Error).message}.`;
      throw new ConfigError('HIL_CONFIG_FILE_MISSING', message, { path }, { cause });
    }
  }
  writeClips(
    manifest,
    clips.map(({ clip }) => clip),
    licence,
  );
}
