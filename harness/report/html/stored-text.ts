import type { Messages } from '../language';
import { html, type Markup } from './markup';

/** A sentence that was stored in English: translated where its translation is known, else as it is and marked as English. */
export function storedText(sentence: string, words: Messages): Markup {
  const translated = words.stored(sentence);
  if (translated !== undefined) return html`${translated}`;
  return html`<span lang="en">${sentence}</span>`;
}
