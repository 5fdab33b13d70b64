import type { SpeechClip } from '../../ports';
import type { Heard } from './heard';

/** No prompt says more; what is longer is not worth looking at. */
const LONGEST_CHARS = 4000;

const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Each corpus's prompts by their words: a request may hold thousands of messages. */
const indexes = new WeakMap<readonly SpeechClip[], ReadonlyMap<string, SpeechClip>>();

function indexOf(prompts: readonly SpeechClip[]): ReadonlyMap<string, SpeechClip> {
  const known = indexes.get(prompts);
  if (known !== undefined) return known;
  const index = new Map<string, SpeechClip>();
  for (const prompt of prompts) {
    const typed = words(prompt.transcript);
    if (!index.has(typed)) index.set(typed, prompt);
  }
  indexes.set(prompts, index);
  return index;
}

/** The prompt whose transcript a typed message is, but for case and punctuation. The list must not change later. */
export function typedPrompt(prompts: readonly SpeechClip[], text: string): Heard {
  const clip = text.length > LONGEST_CHARS ? undefined : indexOf(prompts).get(words(text));
  if (clip === undefined) return { confidence: 0 };
  return { promptId: clip.id, utterance: clip.utterance, language: clip.language, confidence: 1 };
}
