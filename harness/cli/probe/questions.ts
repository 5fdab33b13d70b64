import { readFileSync } from 'node:fs';
import { readWav, resample } from '../../audio';
import { didYouMean } from '../../config';
import { ConfigError } from '../../errors';
import type { Corpus, SpeechClip } from '../../ports';
import { UPLINK_RATE_HZ } from '../../provider';
import type { ProbeQuestion } from './run-probe';

export interface QuestionChoice {
  /** Ids of prompts; empty: one of each utterance. */
  readonly prompts: readonly string[];
  /** Asked in place of prompts. */
  readonly text: string | undefined;
  readonly stream: boolean;
  /** Somebody is asked who hears. */
  readonly spoken: boolean;
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
export async function questionsOf(choice: QuestionChoice, corpus: Corpus): Promise<readonly ProbeQuestion[]> {
  const { prompts, text, stream, spoken } = choice;
  if (text !== undefined) return [{ prompt: text, question: { text, stream } }];
  const clips = prompts.length > 0 ? prompts.map((id) => promptOf(id, corpus)) : oneOfEach(corpus);
  return Promise.all(
    clips.map(async (clip) => {
      const question = { text: clip.transcript, stream };
      return {
        prompt: clip.id,
        question: spoken ? { ...question, speech: await speechOf(clip) } : question,
      };
    }),
  );
}

/** A clip at the rate that it is sent with, so that no turn converts it while it is timed. */
async function speechOf({ path, offsetSample }: SpeechClip) {
  const { channels, rateHz } = readWav(readFileSync(path), path);
  const clip = await resample({ samples: channels[0] ?? new Float32Array(), rateHz }, UPLINK_RATE_HZ);
  return { clip, offsetSample: Math.round((offsetSample * UPLINK_RATE_HZ) / rateHz) };
}
