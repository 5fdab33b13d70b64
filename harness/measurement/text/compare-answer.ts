/** Consoles end lines with CR LF, and nobody sees blanks at the end of one. */
const shown = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .trim();

/** What was printed of an answer against what was sent. */
export type AnswerCheck =
  | { readonly state: 'same' }
  /** It begins like what was sent and ends before it does. */
  | { readonly state: 'cut'; readonly missingChars: number }
  /** `atChar`: index of the first character, among those of what was sent, that is another one. */
  | { readonly state: 'other'; readonly atChar: number }
  /** Nobody knows what was sent. */
  | { readonly state: 'unknown' }
  | { readonly state: 'not-printed' };

/** Compares a printed answer with the sent one. Line ends and blanks at the end of lines do not count. */
export function compareAnswer(printed: string | undefined, sent: string | undefined): AnswerCheck {
  if (printed === undefined) return { state: 'not-printed' };
  if (sent === undefined) return { state: 'unknown' };
  const [seen, wanted] = [Array.from(shown(printed)), Array.from(shown(sent))];
  const differs = wanted.findIndex((char, index) => seen[index] !== char);
  if (differs < 0)
    return seen.length > wanted.length ? { state: 'other', atChar: wanted.length } : { state: 'same' };
  if (differs === seen.length) return { state: 'cut', missingChars: wanted.length - differs };
  return { state: 'other', atChar: differs };
}
