import type { SpeechClip } from '../../ports';
import type { Heard } from './heard';

/** No prompt says more; what is longer is not worth looking at. */
const LONGEST_CHARS = 4000;

const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The prompt whose transcript a typed message is, but for case and punctuation. */
export function typedPrompt(prompts: readonly SpeechClip[], text: string): Heard {
  const typed = text.length > LONGEST_CHARS ? undefined : words(text);
  const clip = prompts.find((prompt) => words(prompt.transcript) === typed);
  if (clip === undefined) return { confidence: 0 };
  return { promptId: clip.id, utterance: clip.utterance, language: clip.language, confidence: 1 };
}
