/** Escapes that stand for one character of many, or for none. */
const BREAKING_ESCAPE = /[bBdDsSwWtnrfv]/;

/**
 * The longest text that is in every match of a pattern, so that a line without it need not be tried. Undefined where none is found:
 * alternatives, letters of either case, and whatever this reader does not understand.
 */
export function requiredText(pattern: RegExp): string | undefined {
  if (/[ivyu]/.test(pattern.flags)) return undefined;
  let longest = '';
  let run = '';
  const endRun = (): void => {
    if (run.length > longest.length) longest = run;
    run = '';
  };
  const { source } = pattern;
  for (let position = 0; position < source.length; position += 1) {
    const character = source.charAt(position);
    let literal: string | undefined;
    if (character === '|') return undefined;
    if (character === '\\') {
      position += 1;
      const escaped = source.charAt(position);
      const isPlain = !/[a-z0-9]/i.test(escaped);
      // Others take more characters with them, or stand for what was matched elsewhere.
      if (!isPlain && !BREAKING_ESCAPE.test(escaped)) return undefined;
      if (isPlain) literal = escaped;
    } else if (character === '[' || character === '(') {
      position = endOf(source, position);
      if (position < 0) return undefined;
    } else if (!'^$.*+?{}'.includes(character)) {
      literal = character;
    }
    const next = source.charAt(position + 1);
    if (literal !== undefined && !'*?{'.includes(next || ' ')) run += literal;
    else endRun();
    // What is repeated is there once at least; what comes after it does not follow on it directly.
    if (next === '+') endRun();
    if (next === '{' || character === '{') {
      endRun();
      const end = source.indexOf('}', position);
      if (end < 0) return undefined;
      position = end;
    }
  }
  endRun();
  return longest === '' ? undefined : longest;
}

/** Where the class or group that begins here ends; -1 when it does not. */
function endOf(source: string, begin: number): number {
  let depth = 0;
  let isInClass = false;
  for (let position = begin; position < source.length; position += 1) {
    const character = source.charAt(position);
    if (character === '\\') position += 1;
    else if (isInClass) isInClass = character !== ']';
    else if (character === '[') isInClass = true;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0 && !isInClass) return position;
  }
  return -1;
}
