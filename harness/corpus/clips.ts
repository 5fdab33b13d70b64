import { createHash } from 'node:crypto';
import type { PcmClip } from '../audio';
import { nearest } from '../config';
import { ConfigError } from '../errors';
import type { Corpus, SpeechClip } from '../ports';
import { checkedSound } from './checked-sound';

const sounds = new Map<string, PcmClip>();

/**
 * The sound of a clip at the rate of its file, read once per process and file. The samples are shared: do not write to
 * them.
 * @throws ConfigError when the WAV has changed since the corpus was loaded, as `loadCorpus` does.
 */
export function readSpeechClip(clip: SpeechClip): PcmClip {
  const known = sounds.get(clip.path);
  if (known !== undefined) return known;
  const sound = checkedSound(clip);
  sounds.set(clip.path, sound);
  return sound;
}

/**
 * The clip with this id.
 * @param kind - Where to look; absent: among the prompts, then among the replies.
 * @throws ConfigError `HIL_CORPUS_UNKNOWN_CLIP` with the nearest ids.
 */
export function clipById(corpus: Corpus, id: string, kind?: SpeechClip['kind']): SpeechClip {
  const places = [
    ...(kind === 'reply' ? [] : [corpus.prompts]),
    ...(kind === 'prompt' ? [] : [corpus.replies]),
  ];
  for (const clips of places) {
    const clip = clips.get(id);
    if (clip !== undefined) return clip;
  }
  const near = nearest(
    id,
    places.flatMap((clips) => [...clips.keys()]),
  );
  const hint = near.length === 0 ? '' : ` The nearest are ${near.join(', ')}.`;
  throw new ConfigError('HIL_CORPUS_UNKNOWN_CLIP', `The corpus has no ${kind ?? 'clip'} ${id}.${hint}`, {
    id,
    nearest: near,
  });
}

/** Clips of one utterance, in the order of the manifest; empty when nobody says it. */
export const clipsOfUtterance = (
  clips: ReadonlyMap<string, SpeechClip>,
  utterance: string,
): readonly SpeechClip[] => [...clips.values()].filter((clip) => clip.utterance === utterance);

/** Lower-case hex over kinds, ids and hashes of all clips, whatever their order: equal corpora have equal values. */
export function corpusSha256(corpus: Corpus): string {
  const lines = [...corpus.prompts.values(), ...corpus.replies.values()]
    .map(({ kind, id, sha256 }) => `${kind} ${id} ${sha256}\n`)
    .sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
