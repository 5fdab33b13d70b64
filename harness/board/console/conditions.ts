import type { ConsoleLine, ConsoleMatch, ConsoleMatchOfAny } from '../../ports';
import { matchBehind, matchLine, type MatchEnd } from './match-line';

/** What an expectation waits for: it is offered lines in order, a line without its end more than once. */
export interface Condition<Met> {
  readonly patterns: readonly RegExp[];
  /** What it came to with this line; undefined while it is not met. */
  offer(line: ConsoleLine, withPrompt: string | undefined): Met | undefined;
  /** What has not come yet, in words: "nothing that matches /x/". */
  missing(): string;
}

const list = (patterns: readonly RegExp[]): string => patterns.map(String).join(', ');

export const one = (pattern: RegExp): Condition<ConsoleMatch> => ({
  patterns: [pattern],
  offer: (line, withPrompt) => matchLine(pattern, line, withPrompt),
  missing: () => `nothing that matches ${String(pattern)}`,
});

export const anyOf = (patterns: readonly RegExp[]): Condition<ConsoleMatchOfAny> => ({
  patterns,
  offer(line, withPrompt) {
    for (const [which, pattern] of patterns.entries()) {
      const match = matchLine(pattern, line, withPrompt);
      if (match !== undefined) return { ...match, which };
    }
    return undefined;
  },
  missing: () => `nothing that matches any of ${list(patterns)}`,
});

export function allOf(patterns: readonly RegExp[]): Condition<readonly ConsoleMatch[]> {
  const matches = new Map<RegExp, ConsoleMatch>();
  return {
    patterns,
    offer(line, withPrompt) {
      for (const pattern of patterns) {
        const match = matches.has(pattern) ? undefined : matchLine(pattern, line, withPrompt);
        if (match !== undefined) matches.set(pattern, match);
      }
      const found = patterns.flatMap((pattern) => matches.get(pattern) ?? []);
      return found.length === patterns.length ? found : undefined;
    },
    missing: () => `nothing that matches ${list(patterns.filter((pattern) => !matches.has(pattern)))}`,
  };
}

export function inOrder(patterns: readonly RegExp[]): Condition<readonly ConsoleMatch[]> {
  const matches: ConsoleMatch[] = [];
  let behind: MatchEnd | undefined;
  return {
    patterns,
    offer(line, withPrompt) {
      for (let next = patterns[matches.length]; next !== undefined; next = patterns[matches.length]) {
        const found = matchBehind(next, line, withPrompt, behind);
        if (found === undefined) return undefined;
        matches.push(found.match);
        behind = found.end;
      }
      return matches;
    },
    missing() {
      const came = matches.map(({ line }) => JSON.stringify(line.text)).join(', ');
      const what = `nothing that matches ${String(patterns[matches.length])}`;
      return came === '' ? what : `${what} behind ${came}`;
    },
  };
}

/** Never met: what is waited for is that time passes. */
export const nothing: Condition<never> = {
  patterns: [],
  offer: () => undefined,
  missing: () => 'nothing',
};
