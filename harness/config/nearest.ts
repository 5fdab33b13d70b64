/** Optimal string alignment distance: insertions, deletions, replacements and swapped neighbours cost 1 each. */
export function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = at(last, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let best = Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1);
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped && row > 1 && column > 1) best = Math.min(best, at(beforeLast, column - 2) + 1);
      current.push(best);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, right.length);
}

/**
 * The candidates that somebody who wrote `word` may have meant, the likeliest first and at most `limit` of them; empty when
 * none is near. Case and the separators `-` and `_` do not count; `quietMs` is near `quiet`.
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const plainWord = plain(word);
  const rated: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const plainCandidate = plain(candidate);
    const reach = Math.min(3, Math.max(1, Math.floor(Math.max(plainWord.length, plainCandidate.length) / 3)));
    const distance = editDistance(plainWord, plainCandidate);
    if (distance <= reach) rated.push({ candidate, distance });
  }
  const best = Math.min(...rated.map(({ distance }) => distance));
  return rated
    .filter(({ distance }) => distance <= best + 1)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** "; did you mean a or b?", or nothing when nothing is near: the tail of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found.length === 0 ? '' : `; did you mean ${found.join(' or ')}?`;
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');

/** The rows are dense, so that the fallback is never taken; it only tells the compiler so. */
const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
