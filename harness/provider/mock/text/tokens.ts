/** Cuts text into tokens of so many characters; a character is a code point, so none is split. */
export function cutTokens(text: string, charsPerToken: number): readonly string[] {
  const characters = Array.from(text);
  const tokens: string[] = [];
  for (let at = 0; at < characters.length; at += charsPerToken)
    tokens.push(characters.slice(at, at + charsPerToken).join(''));
  return tokens;
}

const SURROGATE_PAIR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** How many tokens a text is. */
export function countTokens(text: string, charsPerToken: number): number {
  const pairs = text.match(SURROGATE_PAIR)?.length ?? 0;
  return Math.ceil((text.length - pairs) / charsPerToken);
}
