import type { ConsoleLine, ConsoleMatch } from '../../ports';

/** Where in a line a match ended. */
export interface MatchEnd {
  readonly lineIndex: number;
  /** In the line's text; 0 when it was in the prompts ahead of that. */
  readonly end: number;
}

/** The pattern without flags that carry a position from one match to the next. */
export const statelessPattern = (pattern: RegExp): RegExp =>
  pattern.global || pattern.sticky ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')) : pattern;

/** The match of a stateless pattern in a line: in its text, or else in its text with the prompts. */
export function matchLine(
  pattern: RegExp,
  line: ConsoleLine,
  withPrompt: string | undefined,
): ConsoleMatch | undefined {
  const found = pattern.exec(line.text) ?? (withPrompt === undefined ? null : pattern.exec(withPrompt));
  return found === null ? undefined : { line, groups: [...found] };
}

/** The same behind an earlier match, and where it ends. */
export function matchBehind(
  pattern: RegExp,
  line: ConsoleLine,
  withPrompt: string | undefined,
  behind: MatchEnd | undefined,
): { readonly match: ConsoleMatch; readonly end: MatchEnd } | undefined {
  const isSameLine = behind?.lineIndex === line.index;
  const searching = new RegExp(pattern.source, `${pattern.flags}g`);
  searching.lastIndex = isSameLine ? behind.end : 0;
  const inText = searching.exec(line.text);
  if (inText !== null) {
    const end = { lineIndex: line.index, end: searching.lastIndex };
    return { match: { line, groups: [...inText] }, end };
  }
  // Prompts stand ahead of the text, so behind a match in the line there are none left.
  const inPrompt = withPrompt === undefined || isSameLine ? null : pattern.exec(withPrompt);
  if (inPrompt === null) return undefined;
  return { match: { line, groups: [...inPrompt] }, end: { lineIndex: line.index, end: 0 } };
}
