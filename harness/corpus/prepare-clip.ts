import { framedSpeech, levelledSpeech, writeWav, type PcmClip } from '../audio';
import { ConfigError } from '../errors';
import type { SpeechClip } from '../ports';
import { annotateBytes, usableSpeech, type AnnotatedWav } from './annotate-wav';

/** Active speech level of a corpus (ITU-T P.56 method B), in dBFS: what the clips have that come along. */
export const CORPUS_LEVEL_DBFS = -20;
/** Silence around the speech, as around the clips that come along. */
const silences = {
  prompt: { leadMs: 100, tailMs: 200 },
  reply: { leadMs: 40, tailMs: 100 },
} as const;
/** Rooms fade out: a cut within this is not heard as one. What is faded is 35 dB under the speech and more. */
const FADE_MS = 40;

/** A recording as a clip of a corpus. */
export interface PreparedClip extends AnnotatedWav {
  /** Active speech level (ITU-T P.56 method B) of the clip, in dBFS. */
  readonly levelDbFs: number;
  /** What was added to come there, in dB. */
  readonly gainDb: number;
}

/**
 * Cuts a recording to its speech, sets its level, and makes a WAV of it: 16 bit, digital silence at both ends.
 * @param path - Where the WAV will lie.
 * @param levelDbFs - Active speech level; a clip whose peaks would pass -1 dBFS comes out lower.
 * @throws ConfigError `HIL_CORPUS_UNUSABLE`, as `usableSpeech` does.
 */
export function prepareClip(
  sound: PcmClip,
  {
    path,
    kind,
    levelDbFs,
  }: { readonly path: string; readonly kind: SpeechClip['kind']; readonly levelDbFs: number },
): PreparedClip {
  const speech = usableSpeech(sound, path);
  const levelled = levelledSpeech(
    framedSpeech(sound, speech, { ...silences[kind], fadeMs: FADE_MS }),
    levelDbFs,
  );
  if (levelled === undefined) {
    throw new ConfigError('HIL_CORPUS_UNUSABLE', `${path} holds too little speech to tell its level.`, {
      path,
    });
  }
  return {
    ...annotateBytes(writeWav(levelled.clip), path),
    levelDbFs: levelled.levelDbFs,
    gainDb: levelled.gainDb,
  };
}
