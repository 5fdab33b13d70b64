import type { SpeechClip } from '../../ports';
import type { Heard } from './heard';

const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The prompt whose transcript a typed message is, but for case and punctuation. */
export function typedPrompt(prompts: readonly SpeechClip[], text: string): Heard {
  const clip = prompts.find((prompt) => words(prompt.transcript) === words(text));
  if (clip === undefined) return { confidence: 0 };
  return { promptId: clip.id, utterance: clip.utterance, language: clip.language, confidence: 1 };
}
