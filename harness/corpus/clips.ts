import { createHash } from 'node:crypto';
import { ClipShelf, type PcmClip } from '../audio';
import type { Corpus, SpeechClip } from '../ports';
import { checkedSound } from './checked-sound';

const sounds = new ClipShelf();

/**
 * The sound of a clip at the rate of its file, read once per process and file as long as it is on the shelf. The samples
 * are shared: do not write to them.
 * @throws ConfigError when the WAV has changed since the corpus was loaded, as `loadCorpus` does.
 */
export function readSpeechClip(clip: SpeechClip): PcmClip {
  const known = sounds.get(clip.path);
  if (known !== undefined) return known;
  const sound = checkedSound(clip);
  sounds.put(clip.path, sound);
  return sound;
}

/** Lower-case hex over kinds, ids and hashes of all clips, whatever their order: equal corpora have equal values. */
export function corpusSha256(corpus: Corpus): string {
  const lines = [...corpus.prompts.values(), ...corpus.replies.values()]
    .map(({ kind, id, sha256 }) => `${kind} ${id} ${sha256}\n`)
    .sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
