/**
 * Holm's adjusted probabilities, in the order given: a measure whose own is below a level is a true finding at that level over all of
 * them together, however they hang together.
 * @see Holm, Scand. J. Statist. 6 (1979), 65-70.
 */
export function holmAdjusted(probabilities: readonly number[]): number[] {
  const ascending = probabilities.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted: number[] = [];
  let largest = 0;
  ascending.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, (ascending.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}
