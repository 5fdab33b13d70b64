import { readFileSync } from 'node:fs';
import { readWav } from '../../audio';
import { didYouMean } from '../../config';
import { ConfigError } from '../../errors';
import type { Corpus, SpeechClip } from '../../ports';
import type { ProbeQuestion } from './run-probe';

export interface QuestionChoice {
  /** Ids of prompts; empty: one of each utterance. */
  readonly prompts: readonly string[];
  /** Asked in place of prompts. */
  readonly text: string | undefined;
  readonly stream: boolean;
}

/** One voice of every utterance that a mock knows, in the corpus' order. */
function oneOfEach(corpus: Corpus): SpeechClip[] {
  const byUtterance = new Map<string, SpeechClip>();
  for (const clip of corpus.prompts.values()) {
    if (clip.recognisable !== false && !byUtterance.has(clip.utterance))
      byUtterance.set(clip.utterance, clip);
  }
  return [...byUtterance.values()];
}

function promptOf(id: string, corpus: Corpus): SpeechClip {
  const clip = corpus.prompts.get(id);
  if (clip !== undefined) return clip;
  throw new ConfigError(
    'HIL_CORPUS_UNKNOWN_CLIP',
    `There is no prompt "${id}"${didYouMean(id, corpus.prompts.keys()) || '; `earshot prompts list` shows all.'}`,
    { id },
  );
}

/**
 * What is asked: the prompts of the corpus, by their words and, where a provider hears, by their sound.
 * @throws ConfigError `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_NOT_WAV`.
 */
export function questionsOf(choice: QuestionChoice, corpus: Corpus): readonly ProbeQuestion[] {
  const { prompts, text, stream } = choice;
  if (text !== undefined) return [{ prompt: text, question: { text, stream } }];
  const clips = prompts.length > 0 ? prompts.map((id) => promptOf(id, corpus)) : oneOfEach(corpus);
  return clips.map((clip) => {
    const { channels, rateHz } = readWav(readFileSync(clip.path));
    const samples = channels[0] ?? new Float32Array();
    const speech = { clip: { samples, rateHz }, offsetSample: clip.offsetSample };
    return { prompt: clip.id, question: { text: clip.transcript, speech, stream } };
  });
}
