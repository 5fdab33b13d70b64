import { dirname, join, resolve } from 'node:path';
import { deepFreeze, readYamlFile } from '../config';
import { ConfigError, isHilError, type HilError } from '../errors';
import type { Corpus, SpeechClip } from '../ports';
import { checkedSound } from './checked-sound';
import { clipsFile } from './clips-file';

/**
 * The corpus of a folder: `prompts/prompts.yaml`, `replies/replies.yaml` and the WAVs that they list. Every WAV is read
 * once and compared with its manifest; its samples are not kept, `readSpeechClip` reads them again.
 * @throws ConfigError as `readYamlFile` does for the manifests, as `checkedSound` does for the first WAV at fault; the
 *   faults of all of them are in `facts.faults`.
 */
export function loadCorpus(folder: string): Corpus {
  return {
    prompts: loadClips(join(folder, 'prompts', 'prompts.yaml'), 'prompt', 'manifest of prompts'),
    replies: loadClips(join(folder, 'replies', 'replies.yaml'), 'reply', 'manifest of replies'),
  };
}

function loadClips(
  manifestPath: string,
  kind: SpeechClip['kind'],
  title: string,
): ReadonlyMap<string, SpeechClip> {
  const { licence, clips } = readYamlFile(manifestPath, clipsFile(kind), title);
  const folder = dirname(resolve(manifestPath));
  const loaded = clips.map(({ file, ...clip }): SpeechClip =>
    deepFreeze({ ...clip, kind, licence, path: join(folder, file) }),
  );

  const faults = loaded.flatMap((clip) => faultOf(clip) ?? []);
  const [first] = faults;
  if (first !== undefined) {
    const more = faults.length === 1 ? '' : ` Clips of ${manifestPath} at fault: ${faults.length}.`;
    const facts = { ...first.facts, manifestPath, faults: faults.map(({ message }) => message) };
    throw new ConfigError(first.code, first.message + more, facts, { cause: first.cause });
  }
  return new Map(loaded.map((clip) => [clip.id, clip]));
}

function faultOf(clip: SpeechClip): HilError | undefined {
  try {
    checkedSound(clip);
    return undefined;
  } catch (fault) {
    if (isHilError(fault)) return fault;
    throw fault;
  }
}
